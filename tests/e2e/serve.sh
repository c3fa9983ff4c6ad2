#!/bin/sh
# rensa serve: the page, access, and what is said of requests that are wrong.
. "$(dirname "$0")/lib.sh"
. "$root/tests/e2e/serve_lib.sh"
serve_begin

# the page: cached by its tag, for addresses of its places, but not for files that there are not
asks 200 "<!doctype html>" GET /
tag=$(sed -n 's/^ETag: \(".*"\).*/\1/p' heads)
holds "the page has no tag" -n "$tag"
asks 304 "" GET / -H "If-None-Match: $tag"
asks 200 "<!doctype html>" GET /p/digits/network
asks 200 "<!doctype html>" GET /p/v1.2/network
asks 404 "no such file" GET /missing.js
asset=$(curl -s "$address/" | grep -o '/assets/[^"]*\.js' | head -n 1)
asks 200 "" GET "$asset" -H "Accept-Encoding: gzip"
holds "a file with a hash in its name is not kept" -n "$(grep '^Cache-Control: .*immutable' heads)"
holds "the page is not packed" -n "$(grep '^Content-Encoding: gzip' heads)"
asks 405 "only read" POST / -d x
asks 200 "" HEAD /
for header in "X-Content-Type-Options: nosniff" "X-Frame-Options: DENY" "Referrer-Policy: no-referrer" \
    "Cross-Origin-Opener-Policy: same-origin" "default-src 'none'; script-src 'self'; style-src 'self'"; do
    holds "no header $header" -n "$(grep -F "$header" heads)"
done
is "inline scripts are allowed" "$(grep -c unsafe-inline heads)" 0

# the token: in the address once, then in a cookie that scripts cannot read
holds "the token lies open" "$(stat -c %a work/token)" = 600
holds "the work folder lies open" "$(stat -c %a work)" = 700
asks 401 "not the token" GET "/?token=wrong"
asks 200 '"role":"nobody"' GET /api/session
asks 200 'http-equiv=refresh' GET "/?token=$token"
cookie=$(sed -n 's/^Set-Cookie: \([^;]*\);.*HttpOnly; SameSite=Strict.*/\1/p' heads)
holds "no strict cookie is set" -n "$cookie"
holds "the cookie holds the token" "${cookie#*=}" != "$token"
asks 200 '"role":"owner"' GET /api/session -H "Cookie: a=b; $cookie"
asks 200 '"role":"nobody"' GET /api/session -H "Cookie: $cookie-"
asks 200 '"role":"owner"' GET /api/session -H "Authorization: Bearer $token"
asks 200 '"role":"nobody"' GET /api/session -H "Authorization: Bearer x$token"
asks 200 '"role":"owner"' POST /api/session -H "Content-Type: application/json" -d "{\"token\": \"$token\"}"
asks 401 "not the token" POST /api/session -H "Content-Type: application/json" -d '{"token": "x"}'
asks 403 "X-Rensa" DELETE /api/session -H "Cookie: $cookie"
asks 200 '"role":"nobody"' DELETE /api/session -H "Cookie: $cookie" -H "X-Rensa: 1"

# where requests come from
asks 421 "evil.example" GET / -H "Host: evil.example"
asks 421 'not \"127.0.0.1:1' GET / -H "Host: 127.0.0.1:1"
asks 200 "" GET / -H "Host: localhost:$port"
asks 200 "" GET / -H "Host: lab.example"
asks 403 'a page of \"http://evil.example' GET /api/session -H "Origin: http://evil.example"
asks 403 'a page of \"null' GET /api/session -H "Origin: null"
asks 200 "" GET /api/session -H "Origin: $address"
asks 403 "another site" GET /api/session -H "Sec-Fetch-Site: cross-site"

# routes, addresses, bodies
asks 200 '"openapi":"3.1.0"' GET /api
is "the description of the command and the server" "$("$RENSA" serve --routes | tr -d ' \n' | cksum)" "$(tr -d ' \n' <body | cksum)"
asks 404 "no such route" GET /api/nowhere
asks 405 "GET, POST, DELETE" PUT /api/session
asks 400 "no member called" GET "/api/session?x=1"
for path in /%00 /a%2fb /%ff /%e3%81 /..%2f..%2fetc/passwd /%2e%2e/token "/a%zz" "/%" "/api/$(printf 'a/%.0s' 1 2 3 4 5 6 7 8 9 10 11 12)"; do
    asks 400 "the address" GET "$path"
done
asks 400 "too long" GET "/$(head -c 5000 /dev/zero | tr '\0' a)"
post() { status=$1 text=$2 && shift 2 && asks "$status" "$text" POST /api/session -H "Content-Type: application/json" "$@"; }
post 400 'did you mean \"token\"' -d '{"tokn": 1}'
post 400 'a token is needed' -d '{}'
post 400 '"line":2,"column":3' -d "$(printf '{\n  x}')"
post 400 'expected a string' -d '{"token": 3}'
post 400 'expected an object' -d '[]'
post 400 'u0000' -d '{"token": "a\u0000b"}'
post 400 'bytes' -d '{"token": ""}'
post 400 '' -d "$(printf '[%.0s' $(seq 1000))"
head -c 9999 "$RENSA" >binary
post 400 '' --data-binary @binary
asks 415 "must be JSON" POST /api/session -d '{"token": 1}'
head -c 3000000 /dev/zero >zeros
post 413 "at most 1048576" --data-binary @zeros
post 413 "larger than" -H "Transfer-Encoding: chunked" --data-binary @zeros
head -c 200000 /dev/zero | tr '\0' a >letters
asks 431 "" GET / -H "X: $(head -c 100000 letters)"

# one server for one folder; the token outlives it
says 1 "another server works in" "$RENSA" serve --port 0 --dir work
says 1 "no server can listen" "$RENSA" serve --port "$port" --dir other
before=$token
serve_end
serve_begin
is "the token of the second server" "$token" "$before"
serve_end
chmod 644 work/token
serve_begin
holds "a token that others could read is kept" "$token" != "$before"
serve_end
finish
