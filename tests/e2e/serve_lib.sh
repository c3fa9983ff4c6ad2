# What the tests of the server share, after lib.sh.
# shellcheck shell=sh disable=SC2034
command -v curl >/dev/null || {
    skip "curl is not there"
    finish
}
"$RENSA" serve --routes >out 2>&1 || {
    skip "$(cat out)"
    finish
}

# serve_begin [OPTIONS]: on the folder `work`; sets server, address, port, token
serve_begin() {
    : >serve.out
    "$RENSA" serve --port 0 --dir work --host lab.example "$@" >serve.out 2>serve.err &
    server=$!
    for _ in $(seq 600); do
        [ -s serve.out ] && break
        kill -0 $server 2>/dev/null || break
        sleep 0.05
    done
    address=$(sed -n '1s/\/?token=.*//p' serve.out)
    port=${address##*:}
    token=$(sed -n '1s/.*token=//p' serve.out)
    [ -n "$token" ] || { cat serve.err >out && fail "the server does not start"; }
}

# serve_end: it ends by itself, well, and has said nothing
serve_end() {
    kill -TERM $server
    wait $server
    is "status of the server" $? 0
    is "what the server said" "$(cat serve.err)" ""
}

# asks STATUS TEXT METHOD PATH [CURL OPTIONS]: what is answered: status, and a text in it; left in heads and body
asks() {
    want=$1 text=$2 method=$3 path=$4
    shift 4
    [ "$method" != HEAD ] || set -- -I "$@"
    [ "$method" = HEAD ] || set -- -X "$method" "$@"
    : >body
    have=$(curl -s --path-as-is -m 60 -o body -D heads -w '%{http_code}' "$@" "$address$path")
    cp body out
    tr -d '\r' <heads >heads.txt && mv heads.txt heads
    if [ "$have" != "$want" ]; then
        fail "answer $have instead of $want: $method $path"
    elif [ -n "$text" ] && ! grep -q -F -- "$text" body; then
        fail "does not say $text: $method $path"
    else
        pass
    fi
}

# job METHOD PATH [BODY]: as asks, with the token
job() {
    want=$1 text=$2 method=$3 path=$4
    shift 4
    asks "$want" "$text" "$method" "/api$path" -H "Authorization: Bearer $token" -H "Content-Type: application/json" "$@"
}
# value KEY: of the answer
value() { sed -n "s/.*\"$1\":\"*\([^\",}]*\).*/\1/p" body | head -n 1; }
# first_run: of an answer {"runs": [...]}
first_run() { sed 's/.*"runs":\["\([^"]*\)".*/\1/' body; }
# until_state RUN STATES: waits for one of them (a pattern)
until_state() {
    for _ in $(seq 600); do
        curl -s -H "Authorization: Bearer $token" "$address/api/runs/$1" >body
        value state | grep -qxE "$2" && break
        sleep 0.05
    done
    cp body out
    if value state | grep -qxE "$2"; then pass; else fail "the run $1 does not become $2"; fi
}
