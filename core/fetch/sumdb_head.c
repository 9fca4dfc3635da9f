#include "fetch/sumdb_head.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/fs.h"
#include "gofiles/goenv.h"

#define MAX_NOTE ((size_t)1 << 20)

void sumdb_heads_init(struct sumdb_heads *hs, struct sumdb_store *store,
		      const struct note_verifier *key, const char *config_dir)
{
	*hs = (struct sumdb_heads){ .store = store, .key = key, .config_dir = config_dir };
	buf_init(&hs->latest_msg);
	pthread_mutex_init(&hs->merge_mutex, NULL);
	pthread_mutex_init(&hs->latest_mutex, NULL);
}

void sumdb_heads_release(struct sumdb_heads *hs)
{
	buf_release(&hs->latest_msg);
	free(hs->gos_file);
	pthread_mutex_destroy(&hs->merge_mutex);
	pthread_mutex_destroy(&hs->latest_mutex);
}

struct head {
	struct tlog_tree tree;
	const char *msg;
	size_t len;
};

enum when { WHEN_FAILED, WHEN_PAST, WHEN_NOW, WHEN_FUTURE };

static void add_hash(struct buf *b, const struct tlog_hash *h)
{
	char text[45];

	base64_encode_32(h->bytes, text);
	buf_addstr(b, text);
}

static void add_indented(struct buf *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		buf_addch(b, s[i]);
		if (s[i] == '\n')
			buf_addch(b, '\t');
	}
}

/* The error for two contradicting signed heads, with the proof. */
static bool misbehavior(const struct tlog_reader *r, const struct head *older,
			const struct head *newer, const struct tlog_hash *h, struct err *e)
{
	struct tlog_hash proof[TLOG_MAX_PROOF];
	struct err why = ERR_INIT;
	struct buf b = BUF_INIT;
	size_t n = 0;

	buf_addstr(
		&b,
		"SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\t");
	add_indented(&b, older->msg, older->len);
	buf_addstr(&b, "\nnew database:\n\t");
	add_indented(&b, newer->msg, newer->len);
	buf_addstr(&b, "\nproof of misbehavior:\n\t");
	add_hash(&b, h);
	if (!tlog_prove_tree(&newer->tree, r, older->tree.n, proof, &n, &why))
		buf_addf(&b, "\tinternal error: %s\n", why.text);
	else if (!tlog_check_tree(proof, n, &newer->tree, older->tree.n, h))
		buf_addstr(&b, "\tinternal error: generated inconsistent proof\n");
	for (size_t i = 0; !err_is_set(&why) && i < n; i++) {
		buf_addstr(&b, "\n\t");
		add_hash(&b, &proof[i]);
	}
	err_set(e, ERR_CHECKSUM, "%s", b.data);
	err_release(&why);
	buf_release(&b);
	return err_mark(e, ERR_FORM_FINAL);
}

/* Client.checkTrees: older is a prefix of newer. */
static bool check_trees(struct sumdb_heads *hs, const struct head *older, const struct head *newer,
			struct err *e)
{
	struct tlog_reader r = sumdb_store_reader(hs->store);
	struct tlog_hash h;

	if (!tlog_tree_hash(&newer->tree, &r, older->tree.n, &h, e)) {
		if (older->tree.n == newer->tree.n)
			return err_wrap(e, "checking tree#%jd: ", (intmax_t)older->tree.n);
		return err_wrap(e, "checking tree#%jd against tree#%jd: ", (intmax_t)older->tree.n,
				(intmax_t)newer->tree.n);
	}
	return tlog_hash_eq(&h, &older->tree.hash) || misbehavior(&r, older, newer, &h, e);
}

/* A note is what it should be only if it is text. */
static char *shown_note(const char *msg, size_t len)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < MIN(len, MAX_NOTE); i++)
		if (msg[i])
			buf_addch(&b, msg[i]);
		else
			buf_addstr(&b, "\\x00");
	return buf_detach(&b);
}

static bool open_head(struct sumdb_heads *hs, const char *msg, size_t len, struct head *head,
		      struct err *e)
{
	struct err why = ERR_INIT;
	size_t text_len;
	char *shown;

	*head = (struct head){ .msg = msg, .len = len };
	if (!note_open(msg, len, hs->key, &text_len, &why)) {
		shown = shown_note(msg, len);
		err_set(e, why.code, "reading tree note: %s\nnote:\n%s", why.text, shown);
		free(shown);
		err_release(&why);
		return false;
	}
	if (!tlog_parse_tree(&head->tree, msg, text_len, &why)) {
		err_set(e, why.code, "reading tree: %s\ntree:\n%.*s", why.text, (int)text_len, msg);
		err_release(&why);
		return false;
	}
	return true;
}

/* Client.mergeLatestMem; the merge lock is held, so `latest` does not move meanwhile. */
static enum when merge_head(struct sumdb_heads *hs, const char *msg, size_t len, struct err *e)
{
	struct head latest = { hs->latest, hs->latest_msg.data, hs->latest_msg.len }, head;

	if (len == 0)
		return latest.tree.n == 0 ? WHEN_NOW : WHEN_PAST;
	if (!open_head(hs, msg, len, &head, e))
		return WHEN_FAILED;
	hs->merged = head.tree.n;
	if (head.tree.n <= latest.tree.n) {
		if (!check_trees(hs, &head, &latest, e))
			return WHEN_FAILED;
		return head.tree.n < latest.tree.n ? WHEN_PAST : WHEN_NOW;
	}
	if (!check_trees(hs, &latest, &head, e))
		return WHEN_FAILED;
	pthread_mutex_lock(&hs->latest_mutex);
	hs->latest = head.tree;
	buf_clear(&hs->latest_msg);
	buf_add(&hs->latest_msg, msg, len);
	pthread_mutex_unlock(&hs->latest_mutex);
	return WHEN_FUTURE;
}

char *sumdb_heads_file(const struct sumdb_heads *hs, const char *name)
{
	return hs->config_dir ? xasprintf("%s/%s/%s", hs->config_dir, hs->key->name, name) : NULL;
}

/* Our own head; a damaged one is ignored. */
static void read_own_head(struct sumdb_heads *hs, const char *file, struct buf *msg)
{
	struct head head;

	if (!fs_read_buf(msg, file, MAX_NOTE, NULL) ||
	    !open_head(hs, msg->data, msg->len, &head, NULL))
		buf_clear(msg);
}

/* Writes the newest head; another process may have written one meanwhile. */
static bool store_head(struct sumdb_heads *hs, struct err *e)
{
	char *file = sumdb_heads_file(hs, "latest"), *lock_file, *dir;
	struct buf msg = BUF_INIT;
	enum when when;
	int lock;

	if (!file)
		return true;
	dir = xstrndup(file, (size_t)(strrchr(file, '/') - file));
	lock_file = xasprintf("%s.lock", file);
	lock = fs_mkdir_all(dir, NULL) ? open(lock_file, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
	while (lock >= 0 && flock(lock, LOCK_EX) && errno == EINTR)
		;
	read_own_head(hs, file, &msg);
	when = merge_head(hs, msg.data, msg.len, e);
	/* failing to keep the head does not make it invalid */
	if (when == WHEN_PAST)
		fs_write_atomic(file, hs->latest_msg.data, hs->latest_msg.len, 0666, false, NULL);
	if (lock >= 0)
		close(lock);
	buf_release(&msg);
	free(lock_file);
	free(dir);
	free(file);
	return when != WHEN_FAILED;
}

/* dbClient.WriteConfig: whether go can open its head for writing, or make it. Nothing is changed. */
static bool could_write(const char *file, struct err *e)
{
	struct arena a = ARENA_INIT;
	const char *dir = path_dir(&a, file);
	bool absent = fs_is_gone(file);
	int why = 0;

	if (absent && fs_is_gone(dir)) /* os.MkdirAll, whose error go ignores */
		why = fs_can_mkdir_all(dir, NULL) ? 0 : ENOENT;
	else if (access(absent ? dir : file, absent ? W_OK | X_OK : W_OK))
		why = errno;
	arena_release(&a);
	return !why || err_sys(e, why, "open %s", file);
}

/* go keeps each head that is newer than its own, and fails where it cannot. */
static bool go_keeps(struct sumdb_heads *hs, struct err *e)
{
	if (!hs->gos_file || hs->merged <= hs->gos_n)
		return true;
	hs->gos_n = hs->merged;
	return could_write(hs->gos_file, e);
}

/* Client.mergeLatest. */
bool sumdb_heads_merge(struct sumdb_heads *hs, const char *msg, size_t len, struct err *e)
{
	enum when when;
	bool ok;

	pthread_mutex_lock(&hs->merge_mutex);
	hs->merged = 0;
	when = merge_head(hs, msg, len, e);
	ok = when != WHEN_FAILED && go_keeps(hs, e) && (when != WHEN_FUTURE || store_head(hs, e));
	pthread_mutex_unlock(&hs->merge_mutex);
	return ok;
}

/* The head that go keeps; it may be absent. */
static bool merge_gos_head(struct sumdb_heads *hs, const struct goenv *env, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct buf msg = BUF_INIT;
	struct err why = ERR_INIT;
	const char *dir = goenv_gopath_dir(env, &a, "pkg/sumdb");
	enum when when = WHEN_FAILED;
	bool ok = true;

	if (!*dir)
		ok = err_set(e, ERR_REFUSED,
			     "could not locate sumdb file: missing $GOPATH: HOME is not set");
	else
		hs->gos_file = xstrdup(path_join3(&a, dir, hs->key->name, "latest"));
	if (ok && !fs_read_buf(&msg, hs->gos_file, MAX_NOTE, &why) && why.sys_errno != ENOENT)
		ok = err_move(e, &why);
	if (ok)
		when = merge_head(hs, msg.data, msg.len, e);
	/* Client.mergeLatest reads it again, and so compares it with the tiles */
	if (when == WHEN_FUTURE)
		when = merge_head(hs, msg.data, msg.len, e);
	hs->gos_n = hs->latest.n;
	err_release(&why);
	buf_release(&msg);
	arena_release(&a);
	return when != WHEN_FAILED;
}

static void merge_own_head(struct sumdb_heads *hs)
{
	char *file = sumdb_heads_file(hs, "latest");
	struct buf msg = BUF_INIT;
	struct err why = ERR_INIT;

	if (file)
		read_own_head(hs, file, &msg);
	/* if our head is inconsistent with go's, the server's own head will reveal the fork */
	hs->own_fits = !msg.len || merge_head(hs, msg.data, msg.len, &why) != WHEN_FAILED;
	err_release(&why);
	buf_release(&msg);
	free(file);
}

bool sumdb_heads_load(struct sumdb_heads *hs, const struct goenv *env, struct err *e)
{
	hs->latest.n = 0;
	tlog_tree_hash(&hs->latest, NULL, 0, &hs->latest.hash, NULL);
	if (!merge_gos_head(hs, env, e))
		return false;
	merge_own_head(hs);
	return true;
}

bool sumdb_heads_prove(struct sumdb_heads *hs, int64_t id, const char *text, size_t len,
		       struct err *e)
{
	struct tlog_reader r = sumdb_store_reader(hs->store);
	struct tlog_hash have, want = tlog_record_hash(text, len);
	struct tlog_tree latest;
	int64_t index;

	pthread_mutex_lock(&hs->latest_mutex);
	latest = hs->latest;
	pthread_mutex_unlock(&hs->latest_mutex);
	if (id >= latest.n || id < 0)
		return err_set(e, ERR_CHECKSUM, "cannot validate record %jd in tree of size %jd",
			       (intmax_t)id, (intmax_t)latest.n);
	index = tlog_stored_index(0, id);
	if (!tlog_read_hashes(&latest, &r, &index, 1, &have, e))
		return false;
	return tlog_hash_eq(&have, &want) ||
	       err_set(e, ERR_CHECKSUM, "cannot authenticate record data in server response");
}
