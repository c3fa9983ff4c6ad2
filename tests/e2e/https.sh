#!/bin/sh
# Downloads over TLS from a server with a certificate of its own: trusted, refused, cut off and gone on with, wrong bytes.
. "$(dirname "$0")/lib.sh"
fetch=$(dirname "$RENSA")/fetch
unset CURL_CA_BUNDLE SSL_CERT_FILE http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
command -v openssl >/dev/null || {
    skip "openssl is not there to be a server"
    finish
}

certificate() { # NAME HOST
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 2 -subj "/CN=$2" \
        -addext "subjectAltName=$2" >/dev/null 2>&1
}
certificate right IP:127.0.0.1
certificate other DNS:elsewhere.example

# serve CERTIFICATE: a server for the files below site, each of which holds a whole answer; sets port
serve() {
    # shellcheck disable=SC2086
    (cd site && exec openssl s_server -HTTP -accept 127.0.0.1:0 -cert "../$1.pem" -key "../$1.key" >"../$1.log" 2>&1) &
    servers="$servers $!"
    port='' tries=0
    while [ -z "$port" ] && [ $tries -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
        port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$1.log")
    done
    [ -n "$port" ] || fail "no server: $(cat "$1.log")"
}
# shellcheck disable=SC2086
stop() { kill $servers 2>/dev/null; }
servers=
trap 'stop; chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT

# answer NAME STATUS LENGTH HEADER < BODY: LENGTH is what is said of it
answer() {
    { printf 'HTTP/1.1 %s\r\nContent-Length: %s\r\n%s\r\n\r\n' "$2" "$3" "$4" && cat; } >"site/$1"
}
close="Connection: close"
mkdir site
make_text whole 3000
bytes=$(wc -c <whole) half=40000
sum=$(sha256sum <whole | cut -d ' ' -f 1)
answer whole "200 OK" "$bytes" "$close" <whole
head -c $half whole | answer cut "200 OK" "$bytes" "$close"
tail -c +$((half + 1)) whole | answer rest "206 Partial Content" $((bytes - half)) \
    "Content-Range: bytes $half-$((bytes - 1))/$bytes"
sed 's/cat/dog/' whole | answer wrong "200 OK" "$bytes" "$close"

serve right
at=https://127.0.0.1:$port

# a certificate that nobody vouches for is refused, and nothing stays
says 1 "certificate" "$fetch" "$at/whole" "$sum" got/whole
is "files after a refused certificate" "$(ls -A got)" ""

# one that the user vouches for is not, unless it is somebody else's
for variable in CURL_CA_BUNDLE SSL_CERT_FILE; do
    says 0 "" env $variable="$tmp/right.pem" "$fetch" "$at/whole" "$sum" "$variable"
    holds "the file differs ($variable)" "$(sha256sum <"$variable")" = "$sum  -"
done
says 1 "" env CURL_CA_BUNDLE="$tmp/other.pem" "$fetch" "$at/whole" "$sum" got/whole
serve other
says 1 "" env CURL_CA_BUNDLE="$tmp/other.pem" "$fetch" "https://127.0.0.1:$port/whole" "$sum" got/whole
says 1 "" env CURL_CA_BUNDLE="$tmp/nothing.pem" "$fetch" "$at/whole" "$sum" got/whole
is "files after refused certificates" "$(ls -A got)" ""
export CURL_CA_BUNDLE="$tmp/right.pem"

# cut off: what came stays, and is gone on with
says 1 "" "$fetch" "$at/cut" "$sum" got/cut
is "files after a cut" "$(cd got && wc -c *)" "$half cut.part"
says 0 "" "$fetch" "$at/rest" "$sum" got/cut
holds "the file that was gone on with differs" "$(sha256sum <got/cut)" = "$sum  -"

# wrong bytes: said, and nothing stays
says 1 "the checksum is wrong: SHA-256 " "$fetch" "$at/wrong" "$sum" got/wrong
is "files after wrong bytes" "$(ls -A got)" "cut"

# the command
if [ -s "$real_data/tinyshakespeare/input.txt" ]; then
    mkdir site/tinyshakespeare
    bytes=$(wc -c <"$real_data/tinyshakespeare/input.txt")
    head -c 500000 "$real_data/tinyshakespeare/input.txt" | answer tinyshakespeare/input.txt "200 OK" "$bytes" "$close"
    export RENSA_MIRRORS="$at"
    says 1 "not to be had" "$RENSA" data get tinyshakespeare
    answer tinyshakespeare/input.txt "200 OK" "$bytes" "$close" <"$real_data/tinyshakespeare/input.txt"
    says 0 "tokens, download" "$RENSA" data get tinyshakespeare
else
    skip "RENSA_DATA has no tinyshakespeare"
fi
finish
