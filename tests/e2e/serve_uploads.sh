#!/bin/sh
# The console's uploads: whole files, pieces, what is cut off, names that lead elsewhere.
. "$(dirname "$0")/lib.sh"
. "$root/tests/e2e/serve_lib.sh"
serve_begin
up() { # STATUS TEXT ID NAME FILE [CURL OPTIONS]
    status=$1 text=$2 id=$3 name=$4 file=$5
    shift 5
    asks "$status" "$text" PUT "/api/uploads/$id?name=$name" -H "Authorization: Bearer $token" --data-binary "@$file" "$@"
}
head -c 300000 "$RENSA" >file
head -c 100000 file >first
tail -c 200000 file >second

up 200 '"whole":true' folder1 cats/1.png file
is "the file" "$(cksum <work/uploads/folder1/files/cats/1.png)" "$(cksum <file)"
up 200 '"whole":true' folder1 "%E7%8C%AB%20(1).png" first
holds "a name in Japanese" -f "work/uploads/folder1/files/猫 (1).png"
: >empty
up 200 '"at":0,"whole":true' folder1 empty empty

# in pieces: only on from where the last one ended
up 200 '"at":100000,"whole":false' pieces a.zip first -H "Content-Range: bytes 0-99999/300000"
up 409 "begins at byte 100000" pieces a.zip second -H "Content-Range: bytes 50000-249999/300000"
is "how far it came" "$(sed -n 's/^X-At: //p' heads)" 100000
job 200 '"at":100000,"whole":false' GET "/uploads/pieces?name=a.zip"
up 400 "Content-Range" pieces a.zip second -H "Content-Range: bytes 100000-299998/300000"
for range in "bytes x" "bytes 5-4/10" "bytes 0-10/5" "bytes 0-199999/*" "bytes -1-2/3" "bytes 0-9999999999999999999999/9"; do
    up 400 "Content-Range" pieces a.zip second -H "Content-Range: $range"
done
up 413 "" pieces a.zip second -H "Content-Range: bytes 0-199999/9000000000000"
up 507 "room for" pieces b.zip second -H "Content-Range: bytes 0-199999/1000000000000"
up 200 '"at":300000,"whole":true' pieces a.zip second -H "Content-Range: bytes 100000-299999/300000"
is "the pieces together" "$(cksum <work/uploads/pieces/files/a.zip)" "$(cksum <file)"
job 200 '"at":300000,"whole":true' GET "/uploads/pieces?name=a.zip"
# a connection that is cut off leaves what has come
head -c 40000000 /dev/zero >large
curl -s -m 1.5 --limit-rate 2M -X PUT -H "Authorization: Bearer $token" --data-binary @large "$address/api/uploads/cutoff?name=l" >/dev/null
sleep 0.2
job 200 '"whole":false' GET "/uploads/cutoff?name=l"
holds "nothing was kept" "$(value at)" -gt 0

for name in ../x a/../b /etc/passwd .hidden a/.b a//b a/ . .. "a%5Cb" "a%00b" "%ff" "" "$(printf 'a/%.0s' $(seq 13))b" "$(head -c 300 /dev/zero | tr '\0' a)"; do
    up 400 "" paths "$name" first
done
up 404 "no upload" "a%20b%21" x first
up 404 "no upload" abc x first
asks 401 "" PUT "/api/uploads/nobody?name=x" --data-binary @first
is "what lies there" "$(find work/uploads -type f | wc -l)" 5
job 204 "" DELETE /uploads/folder1
job 404 "no upload" DELETE /uploads/folder1
holds "a file was written elsewhere" ! -e work/x

mkdir -p work/data/digits
echo '{"name": "other", "examples": 3, "columns": [1]}' >work/data/digits/dataset.json
job 200 '{"data":[{"name":"digits","examples":3}],"known":[{"name":"mnist"' GET /data
job 200 '"columns"' GET /data/digits
job 404 "no such data set" GET /data/none
job 204 "" DELETE /data/digits
job 200 '"place":"data"' GET /bin

# looking at a known data set: statistics, examples of a class, pictures
job 200 '"count":60000' GET /data/drawn/statistics
job 200 '"picture":true' GET /data/drawn/statistics?part=test
job 200 '"examples":[{"i":0,"t":' GET "/data/drawn/examples?count=2"
job 200 '"t":3},' GET "/data/drawn/examples?class=3&count=4"
is "examples of other classes" "$(grep -o '"t":[0-9]' body | sort -u)" '"t":3'
job 200 "" GET /data/drawn/picture/7
is "a picture" "$(head -c 4 body | tail -c 3)" PNG
job 404 "no such example" GET /data/drawn/picture/60000
job 404 "no such example" GET /data/drawn/picture/x
job 404 "no such column" GET "/data/drawn/picture/1?column=t"
job 400 "train, test or valid" GET "/data/drawn/statistics?part=most"
job 404 "no data set" GET /data/none/examples

# what makes data sets and the like: what is wrong with a request is said at once
job 400 'needs a member' POST /data -d '{"name": "cats"}'
job 400 'one of' POST /data -d '{"name": "cats", "from": {}}'
job 400 'one of' POST /data -d '{"name": "cats", "from": {"known": "mnist", "folder": "x"}}'
job 404 'no upload' POST /data -d '{"name": "cats", "from": {"upload": "nowhere"}}'
job 404 'no upload' POST /data -d '{"name": "cats", "from": {"upload": "../runs"}}'
job 400 'cannot be the name' POST /data -d '{"name": "../cats", "from": {"known": "mnist"}}'
job 400 'did you mean' POST /data -d '{"name": "cats", "from": {"known": "mnist"}, "widht": 3}'
job 400 'from 1 to' POST /data -d '{"name": "cats", "from": {"known": "mnist"}, "width": 0}'
job 404 'no run' POST /runs/none/evaluate -d '{}'
job 404 'no run' POST /runs/none/predict -d '{"upload": "pieces"}'
# a command that fails: the run says why
job 201 '"runs":["' POST /data -d '{"name": "bad", "from": {"folder": "nowhere"}}'
run=$(first_run)
until_state "$run" failed
job 200 '"total":0' GET /runs
job 200 '"kind":"data"' GET "/runs?kind=all&filter=project:bad"
holds "a failed data set is there" ! -e work/data/bad
serve_end
finish
