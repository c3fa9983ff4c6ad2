#!/bin/sh
# rensa serve --users: people, roles, passwords.
. "$(dirname "$0")/lib.sh"
. "$root/tests/e2e/serve_lib.sh"
serve_begin
job 409 "without --users" GET /users
asks 409 "without --users" POST /api/session -H "Content-Type: application/json" -d '{"user": "a", "password": "12345678"}'
serve_end
serve_begin --users

login() { # STATUS NAME PASSWORD: sets cookie
    asks "$1" "" POST /api/session -H "Content-Type: application/json" -d "{\"user\": \"$2\", \"password\": \"$3\"}"
    cookie=$(sed -n 's/^Set-Cookie: \([^;]*\);.*HttpOnly; SameSite=Strict.*/\1/p' heads)
}
as() { # STATUS TEXT METHOD PATH [OPTIONS]: by cookie
    status=$1 text=$2 verb=$3 where=$4
    shift 4
    asks "$status" "$text" "$verb" "/api$where" -H "Cookie: $cookie" -H "X-Rensa: 1" -H "Content-Type: application/json" "$@"
}
job 200 '"users":[]' GET /users
job 400 "needs a role" PUT /users/vera -d '{"role": "viewer"}'
job 400 "at least 8" PUT /users/vera -d '{"role": "viewer", "password": "short"}'
job 400 "viewer, user or owner" PUT /users/vera -d '{"role": "king", "password": "12345678"}'
job 400 "cannot be the name" PUT /users/-vera -d '{"role": "viewer", "password": "12345678"}'
job 200 '{"name":"vera","role":"viewer"}' PUT /users/vera -d '{"role": "viewer", "password": "look at it"}'
job 200 '"宇佐"' PUT "/users/%E5%AE%87%E4%BD%90" -d '{"role": "user", "password": "作ってみる"}'
job 200 '"role":"owner"' PUT /users/olga -d '{"role": "owner", "password": "do everything"}'
is "who may read the passwords" "$(stat -c %a work/users.json)" 600
is "passwords in the file" "$(grep -c 'look at it\|argon2id' work/users.json)" 3

login 401 vera wrong
login 401 nobody wrong
login 200 vera "look at it"
as 200 '"role":"viewer","users":true,"user":"vera"' GET /session
as 200 "" GET /projects
as 403 "more rights than vera" PUT /projects/x -d '{}'
as 403 "more rights" POST /jobs -d '{"project": "x"}'
as 403 "more rights" GET /users
viewer=$cookie
login 200 宇佐 作ってみる
as 200 "" PUT /projects/x -d '{}'
as 403 "more rights" DELETE /users/vera
as 403 "more rights" PUT /users/宇佐 -d '{"role": "owner"}'
asks 403 "X-Rensa" PUT /api/projects/y -H "Cookie: $cookie" -H "Content-Type: application/json" -d '{}'
login 200 olga "do everything"
as 200 '"users":[' GET /users

# cookies that were changed or belong to somebody else
cookie=$viewer
body_of=${viewer#*=}
for forged in "${body_of%?}x" "x$body_of" "${body_of%%.*}.9999999999.${body_of##*.}" "b2xnYQ.${body_of#*.}" "..." "" "$(head -c 600 /dev/zero | tr '\0' a)"; do
    asks 401 "" GET /api/projects -H "Cookie: ${viewer%%=*}=$forged"
done

# a new password ends what was logged in with the old one; the server may have ended meanwhile
as 401 "wrong" POST /session/password -d '{"password": "wrong", "new": "12345678"}'
as 400 "at least 8" POST /session/password -d '{"password": "look at it", "new": "1234567"}'
serve_end
serve_begin --users
cookie="rensa-$port=$body_of"
as 200 '"user":"vera"' POST /session/password -d '{"password": "look at it", "new": "look again"}'
as 401 "" GET /projects
login 200 vera "look again"
job 200 '"role":"user"' PUT /users/vera -d '{"role": "user"}'
as 200 "" PUT /projects/z -d '{}'
job 200 "" DELETE /users/vera
job 404 "nobody called" DELETE /users/vera
as 401 "" GET /projects

# guessing is slowed down
for _ in 1 2 3 4 5; do login 401 olga wrong; done
login 429 olga "do everything"
job 200 "" PUT /users/olga -d '{"password": "something new"}'
login 200 olga "something new"
serve_end

# a damaged file is not replaced
echo '{"users": [{"name": "a"}]}' >work/users.json
says 1 "a person has name" "$RENSA" serve --port 0 --dir work --users
is "the damaged file" "$(cat work/users.json)" '{"users": [{"name": "a"}]}'
finish
