/* Passwords are kept as Argon2id hashes; one at a time is checked, as each takes 64 MiB. */
#include "console/users.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "console/name.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

enum { USERS = 1000, FREE_TRIES = 4, SHORTEST = 8, LONGEST = 200 };

typedef struct user {
    char name[RNI_NAME_BYTES + 1], hash[crypto_pwhash_STRBYTES];
    rni_role role;
    int failures;
    double blocked_until;
} user;

struct rni_users {
    pthread_mutex_t lock, hashing;
    char *path;
    user *at;
    int64_t n, capacity;
    char nobody[crypto_pwhash_STRBYTES]; /* the hash of no password, for names that there are not */
};

static const char *const roles[] = { "nobody", "viewer", "user", "owner" };

static bool read_role(const char *text, rni_role *role)
{
    for (int i = RNI_ROLE_VIEWER; i <= RNI_ROLE_OWNER; i++)
        if (strcmp(text, roles[i]) == 0) {
            *role = (rni_role)i;
            return true;
        }
    return rni_fail(RN_ERR_ARG, NULL, NULL, "a role is viewer, user or owner, not \"%.40s\"", text);
}

static user *find(rni_users *u, const char *name)
{
    for (int64_t i = 0; i < u->n; i++)
        if (strcmp(u->at[i].name, name) == 0) return &u->at[i];
    return NULL;
}

static user *add(rni_users *u, const char *name)
{
    if (u->n == USERS) {
        rni_fail(RN_ERR_STATE, NULL, NULL, "there are %d people already", USERS);
        return NULL;
    }
    user *more = rni_grow(u->at, u->n, &u->capacity, (int64_t)sizeof *more);
    if (!more) return NULL;
    u->at = more;
    u->at[u->n] = (user){ 0 };
    snprintf(u->at[u->n].name, sizeof u->at[0].name, "%s", name);
    return &u->at[u->n++];
}

/* ---- the file ---- */

static bool read_user(rni_users *u, const rni_json *v)
{
    const rni_json *name = rni_json_get(v, "name"), *role = rni_json_get(v, "role"), *hash = rni_json_get(v, "hash");
    if (!rni_json_string(name) || !rni_json_string(role) || !rni_json_string(hash))
        return rni_json_fail(v, RN_ERR_FORMAT, "a person has name, role and hash");
    RNI_TRY(rni_name_check(rni_json_string(name), "person"));
    user *p = add(u, rni_json_string(name));
    if (!p) return false;
    snprintf(p->hash, sizeof p->hash, "%s", rni_json_string(hash));
    return read_role(rni_json_string(role), &p->role);
}

static bool load(rni_users *u)
{
    if (rni_file_bytes(u->path) < 0) return true;
    rni_json *v = rni_json_load(u->path, 4 << 20);
    const rni_json *list = rni_json_get(v, "users");
    bool ok = v != NULL;
    for (int64_t i = 0; ok && i < rni_json_count(list); i++) ok = read_user(u, rni_json_at(list, i));
    rni_json_free(v);
    return ok;
}

static bool save(const rni_users *u)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s, .indent = 2 };
    rni_json_object_begin(&w);
    rni_json_write_key(&w, "users");
    rni_json_array_begin(&w);
    for (int64_t i = 0; i < u->n; i++) {
        rni_json_object_begin(&w);
        rni_json_put_string(&w, "name", u->at[i].name);
        rni_json_put_string(&w, "role", roles[u->at[i].role]);
        rni_json_put_string(&w, "hash", u->at[i].hash);
        rni_json_object_end(&w);
    }
    rni_json_array_end(&w);
    rni_json_object_end(&w);
    const bool ok =
        !s.failed && rni_file_write(u->path, s.at, s.length) &&
        (chmod(u->path, 0600) == 0 || rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be kept from others", u->path));
    rni_str_free(&s);
    return ok;
}

static bool hash(rni_users *u, const char *password, char to[crypto_pwhash_STRBYTES])
{
    pthread_mutex_lock(&u->hashing);
    const bool ok = crypto_pwhash_str(to, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                      crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
    pthread_mutex_unlock(&u->hashing);
    return ok || rni_fail(RN_ERR_NOMEM, NULL, NULL, "the password cannot be hashed");
}

rni_users *rni_users_open(const char *folder)
{
    rni_users *u = rni_alloc((int64_t)sizeof *u);
    if (!u) return NULL;
    pthread_mutex_init(&u->lock, NULL);
    pthread_mutex_init(&u->hashing, NULL);
    u->path = rni_path_join(folder, "users.json");
    if (u->path && load(u) && hash(u, "", u->nobody)) return u;
    rni_users_close(u);
    return NULL;
}

void rni_users_close(rni_users *u)
{
    if (!u) return;
    pthread_mutex_destroy(&u->lock);
    pthread_mutex_destroy(&u->hashing);
    rni_free(u->at);
    rni_free(u->path);
    rni_free(u);
}

/* ---- changing ---- */

/* With the lock. */
static bool change(rni_users *u, const char *name, const rni_role *role, const char *hashed)
{
    user *p = find(u, name), before = p ? *p : (user){ 0 };
    const bool is_new = p == NULL;
    if (is_new && (!role || !hashed))
        return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%s\" needs a role and a password", name);
    if (is_new && !(p = add(u, name))) return false;
    if (role) p->role = *role;
    if (hashed) memcpy(p->hash, hashed, sizeof p->hash);
    p->failures = 0;
    p->blocked_until = 0;
    if (save(u)) return true;
    if (is_new)
        u->n--;
    else
        *p = before;
    return false;
}

bool rni_users_set(rni_users *u, const char *name, const char *role, const char *password)
{
    rni_role given = RNI_ROLE_NOBODY;
    char hashed[crypto_pwhash_STRBYTES] = "";
    RNI_TRY(rni_name_check(name, "person") && (!role || read_role(role, &given)));
    if (password && strlen(password) < SHORTEST)
        return rni_fail(RN_ERR_ARG, NULL, NULL, "a password has at least %d characters", SHORTEST);
    RNI_TRY(!password || hash(u, password, hashed));
    pthread_mutex_lock(&u->lock);
    const bool ok = change(u, name, role ? &given : NULL, password ? hashed : NULL);
    pthread_mutex_unlock(&u->lock);
    sodium_memzero(hashed, sizeof hashed);
    return ok;
}

bool rni_users_remove(rni_request *q, rni_users *u, const char *name)
{
    pthread_mutex_lock(&u->lock);
    user *p = find(u, name);
    bool ok = p != NULL;
    if (ok) {
        const user before = *p;
        *p = u->at[--u->n];
        ok = save(u);
        if (!ok) { /* as it was */
            u->at[u->n++] = *p;
            *p = before;
        }
    } else
        rni_refuse(q, 404, "there is nobody called \"%.80s\"", name);
    pthread_mutex_unlock(&u->lock);
    return ok;
}

void rni_users_write(rni_users *u, rni_json_writer *w)
{
    pthread_mutex_lock(&u->lock);
    rni_json_array_begin(w);
    for (int64_t i = 0; i < u->n; i++) {
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", u->at[i].name);
        rni_json_put_string(w, "role", roles[u->at[i].role]);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
    pthread_mutex_unlock(&u->lock);
}

/* ---- logging in ---- */

/* After a few failures each further one blocks the name for twice as long, up to a minute. */
static void count_failure(rni_users *u, const char *name, bool right)
{
    pthread_mutex_lock(&u->lock);
    user *p = find(u, name);
    if (p) {
        p->failures = right ? 0 : p->failures + 1;
        const int over = p->failures - FREE_TRIES;
        p->blocked_until = over > 0 ? rni_now() + (over < 6 ? 1 << over : 60) : 0;
    }
    pthread_mutex_unlock(&u->lock);
}

bool rni_users_login(rni_request *q, rni_users *u, const char *name, const char *password)
{
    char hashed[crypto_pwhash_STRBYTES];
    if (strlen(password) > LONGEST) return rni_refuse(q, 401, "name or password is wrong");
    pthread_mutex_lock(&u->lock);
    const user *p = find(u, name);
    const bool known = p != NULL, blocked = known && p->blocked_until > rni_now();
    memcpy(hashed, known ? p->hash : u->nobody, sizeof hashed);
    pthread_mutex_unlock(&u->lock);
    if (blocked) return rni_refuse(q, 429, "too many failures: try again in a minute");
    pthread_mutex_lock(&u->hashing);
    const bool right = crypto_pwhash_str_verify(hashed, password, strlen(password)) == 0 && known;
    pthread_mutex_unlock(&u->hashing);
    count_failure(u, name, right);
    return right || rni_refuse(q, 401, "name or password is wrong");
}

bool rni_users_find(rni_users *u, const char *name, rni_role *role, char mark[33])
{
    pthread_mutex_lock(&u->lock);
    const user *p = find(u, name);
    if (p) {
        unsigned char digest[16];
        crypto_generichash(digest, sizeof digest, (const unsigned char *)p->hash, strlen(p->hash), NULL, 0);
        sodium_bin2hex(mark, 33, digest, sizeof digest);
        *role = p->role;
    }
    pthread_mutex_unlock(&u->lock);
    return p != NULL;
}
