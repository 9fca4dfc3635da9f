#include "fetch/sumdb.h"

#include <pthread.h>

#include "fetch/sumdb_head.h"
#include "fetch/sumdb_proven.h"
#include "fetch/sumdb_setting.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"

#define MAX_RECORD ((size_t)1 << 20)

struct sumdb {
	const struct goenv *env;
	struct sumdb_store store;
	struct sumdb_heads heads;
	struct note_verifier key;
	pthread_mutex_t mutex; /* of the members below, until ready */
	struct sumdb_proven proven;
	bool proven_loaded;
	bool ready, bad_setting;
	struct err err; /* why it cannot be used */
};

struct sumdb *sumdb_new(const struct sumdb_options *o)
{
	struct sumdb *db = xcalloc(1, sizeof(*db));

	db->env = o->env;
	sumdb_store_init(&db->store, &o->store);
	sumdb_heads_init(&db->heads, &db->store, &db->key, o->config_dir);
	pthread_mutex_init(&db->mutex, NULL);
	return db;
}

void sumdb_free(struct sumdb *db)
{
	if (!db)
		return;
	if (db->proven_loaded)
		sumdb_proven_release(&db->proven);
	sumdb_heads_release(&db->heads);
	sumdb_store_release(&db->store);
	pthread_mutex_destroy(&db->mutex);
	err_release(&db->err);
	free(db);
}

/* A record proven under a head inconsistent with go's must be proven again. */
static void load_proven(struct sumdb *db)
{
	char *file = sumdb_heads_file(&db->heads, "proven");

	if (file && db->heads.own_fits)
		sumdb_proven_load(&db->proven, file);
	db->proven_loaded = file && db->heads.own_fits;
	free(file);
}

static bool prepare_locked(struct sumdb *db, struct err *e)
{
	char *url = NULL;
	bool ok = sumdb_setting_read(goenv_get(db->env, "GOSUMDB"), &db->key, &url, e);

	db->bad_setting = !ok;
	if (ok) {
		sumdb_store_set_name(&db->store, db->key.name, url);
		ok = sumdb_heads_load(&db->heads, db->env, e) ||
		     err_wrap(e, "initializing sumdb.Client: ");
		load_proven(db);
	}
	free(url);
	return ok;
}

static bool prepare(struct sumdb *db, struct err *e)
{
	pthread_mutex_lock(&db->mutex);
	if (!db->ready) {
		prepare_locked(db, &db->err);
		db->ready = true;
	}
	pthread_mutex_unlock(&db->mutex);
	if (!err_is_set(&db->err))
		return true;
	err_copy(e, &db->err);
	return false;
}

/* The parts of a record's file. */
struct record {
	int64_t id;
	size_t text, text_len, head;
};

static bool prove(struct sumdb *db, const char *file, const struct buf *msg, const struct record *r,
		  struct err *e)
{
	struct sumdb_proven_hash h = sumdb_proven_hash(&db->key, file, msg->data, msg->len);

	if (db->proven_loaded && sumdb_proven_has(&db->proven, &h))
		return true;
	if (!sumdb_heads_merge(&db->heads, msg->data + r->head, msg->len - r->head, e) ||
	    !sumdb_heads_prove(&db->heads, r->id, msg->data + r->text, r->text_len, e))
		return false;
	if (db->proven_loaded)
		sumdb_proven_add(&db->proven, &h);
	return true;
}

static bool fetch_record(void *ctx, const char *file, struct buf *data, struct err *e)
{
	struct sumdb *db = ctx;
	size_t text, text_len, rest;
	struct buf msg = BUF_INIT;
	bool cached, ok;
	int64_t id;

	cached = sumdb_store_read_cached(&db->store, file, &msg);
	ok = (cached || sumdb_store_read_remote(&db->store, file, MAX_RECORD, &msg, e)) &&
	     tlog_parse_record(msg.data, msg.len, &id, &text, &text_len, &rest, e) &&
	     prove(db, file, &msg, &(struct record){ id, text, text_len, rest }, e);
	if (ok && !cached)
		sumdb_store_write_cached(&db->store, file, msg.data, msg.len);
	if (ok)
		buf_add(data, msg.data + text, text_len);
	buf_release(&msg);
	return ok;
}

static void pick_lines(struct buf *out, const char *text, struct modver m, const char *what)
{
	char *prefix = xasprintf("%s %s%s ", m.path, m.version, what);
	size_t n = strlen(prefix);

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (strncmp(text, prefix, n) == 0) {
			buf_add(out, text, len);
			buf_addch(out, '\n');
		}
		text += len + (text[len] == '\n');
	}
	free(prefix);
}

static bool lookup(struct sumdb *db, struct modver m, const char *what, struct buf *lines,
		   struct err *e)
{
	struct buf file = BUF_INIT;
	const struct sumdb_store_file *record;
	bool ok;

	if (!prepare(db, e))
		return false;
	buf_addstr(&file, "lookup/");
	ok = modpath_escape(&file, m.path, e);
	buf_addch(&file, '@');
	ok = ok && modpath_escape_version(&file, m.version, e);
	if (ok) {
		record = sumdb_store_ask(&db->store, file.data, fetch_record, db);
		ok = sumdb_store_give(record, e);
		if (ok)
			pick_lines(lines, record->data.data, m, what);
	}
	buf_release(&file);
	return ok;
}

bool sumdb_lookup(struct sumdb *db, struct modver m, const char *what, struct buf *lines,
		  struct err *e)
{
	struct err why = ERR_INIT;

	if (lookup(db, m, what, lines, &why))
		return true;
	/* a bad setting is found before there is a client, so the error does not name the module */
	if (!db->bad_setting && !err_is_final(&why))
		err_wrap(&why, "%s@%s%s: ", m.path, m.version, what);
	return err_move(e, &why);
}

#define MORE_INFORMATION "\nFor more information, see 'go help module-auth'.\n"

static const char mismatch_text[] =
	"\n\nSECURITY ERROR\n"
	"This download does NOT match the one reported by the checksum server.\n"
	"The bits may have been replaced on the origin server, or an attacker may\n"
	"have intercepted the download attempt.\n" MORE_INFORMATION;

static const char absent_text[] =
	"\n\nSECURITY ERROR\n"
	"This download does NOT match one reported by the checksum server.\n"
	"The checksum server has provided checksums, but the checksums do\n"
	"not contain an entry for the download.\n"
	"The checksum server may be malfunctioning, or an attacker may have\n"
	"intercepted the checksum request.\n"
	"The download cannot be verified.\n" MORE_INFORMATION;

/* The h1 of the first line that differs from ours; on a match NULL and true. */
static bool compare_lines(const char *lines, struct modver m, const char *what, const char *hash,
			  const char **other)
{
	size_t n = strlen(m.path) + strlen(m.version) + strlen(what) + 2;

	*other = NULL;
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		if (len == n + strlen(hash) && strncmp(lines + n, hash, strlen(hash)) == 0)
			return true;
		if (strncmp(lines + n, "h1:", 3) == 0) {
			*other = lines + n;
			return false;
		}
		lines += len + 1;
	}
	return false;
}

bool sumdb_check(struct sumdb *db, struct modver m, const char *what, const char *hash,
		 struct err *e)
{
	const char *noun = *what ? "go.mod" : "module", *other;
	struct buf lines = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok = sumdb_lookup(db, m, what, &lines, &why);

	if (!ok) {
		if (!err_is_final(&why))
			err_wrap(&why, "verifying %s: ", noun);
		err_move(e, &why);
	} else if (!compare_lines(lines.data, m, what, hash, &other)) {
		ok = false;
		if (other)
			err_set(e, ERR_CHECKSUM,
				"verifying %s: checksum mismatch\n\tdownloaded: %s\n\t%s: %.*s%s",
				noun, hash, db->key.name, (int)strcspn(other, "\n"), other,
				mismatch_text);
		else
			err_set(e, ERR_CHECKSUM,
				"verifying %s: checksum missing from sumdb response%s", noun,
				absent_text);
	}
	buf_release(&lines);
	return ok;
}
