#include "cache/sumdb_audit_impl.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "gofiles/cachepath.h"

static int compare_heads(const void *va, const void *vb)
{
	const struct tlog_tree *a = &((const struct sumdb_audit_head *)va)->tree,
			       *b = &((const struct sumdb_audit_head *)vb)->tree;

	return a->n != b->n ? (a->n < b->n ? -1 : 1) : memcmp(&a->hash, &b->hash, SUMDB_AUDIT_HASH);
}

/* The signed tree in a note; go's message for a bad one. */
static bool open_note(struct sumdb_audit_work *d, const char *msg, size_t len,
		      struct tlog_tree *tree, const char **go_says)
{
	struct err e = ERR_INIT;
	size_t text_len = 0;
	bool ok;

	if (!note_open(msg, len, d->o->key, &text_len, &e)) {
		*go_says = arena_fmt(d->a, "reading tree note: %s", e.text);
		err_release(&e);
		return false;
	}
	ok = tlog_parse_tree(tree, msg, text_len, &e);
	if (!ok)
		*go_says = arena_fmt(d->a, "reading tree: %s", e.text);
	err_release(&e);
	return ok;
}

static void add_head(struct sumdb_audit_work *d, const struct tlog_tree *tree)
{
	d->newest = MAX(d->newest, tree->n);
	vec_push(&d->heads, (struct sumdb_audit_head){ .tree = *tree });
}

/* Whether one of its lines is for the module version that the file is named after. */
static bool is_of(struct sumdb_audit_work *d, const char *file, const char *text, size_t len)
{
	const char *rel = file + strlen(d->o->dir) + strlen("/lookup/"), *at = strrchr(rel, '@');
	const char *path = at ? cachepath_unescape(d->a, rel, (size_t)(at - rel)) : NULL;
	const char *version = at ? cachepath_unescape(d->a, at + 1, strlen(at + 1)) : NULL;
	const char *want, *end = text + len;
	size_t n;

	if (!path || !version)
		return false;
	want = arena_fmt(d->a, "%s %s", path, version);
	n = strlen(want);
	for (const char *s = text; s < end; s += strcspn(s, "\n") + 1)
		if ((size_t)(end - s) > n && strncmp(s, want, n) == 0 &&
		    (s[n] == ' ' || s[n] == '/'))
			return true;
	return false;
}

static void read_lookup(struct sumdb_audit_work *d, struct sumdb_audit_lookup *l,
			struct tlog_tree *tree)
{
	size_t len, text, text_len, rest;
	struct err e = ERR_INIT;
	const char *file = d->files.items[l->file].file, *go_says;
	char *data;

	*tree = (struct tlog_tree){ .n = -1 };
	if (!fs_read(d->a, file, SUMDB_AUDIT_MAX_LOOKUP, &data, &len, &e)) {
		sumdb_audit_wrong(d, l->file, "it cannot be read", arena_strdup(d->a, e.text));
	} else if (!tlog_parse_record(data, len, &l->id, &text, &text_len, &rest, &e)) {
		sumdb_audit_wrong(d, l->file, "it is not a record and a tree",
				  arena_strdup(d->a, e.text));
	} else if (!is_of(d, file, data + text, text_len)) {
		sumdb_audit_wrong(d, l->file, "its record is for another module",
				  "checksum missing from sumdb response");
	} else {
		l->hash = tlog_record_hash(data + text, text_len);
		if (d->o->key && !open_note(d, data + rest, len - rest, tree, &go_says)) {
			sumdb_audit_wrong(d, l->file, "its tree is not signed by the database",
					  go_says);
			*tree = (struct tlog_tree){ .n = -1 };
		}
	}
	err_release(&e);
}

static size_t find_head(const struct sumdb_audit_work *d, const struct tlog_tree *tree)
{
	const struct sumdb_audit_head want = { .tree = *tree };
	const struct sumdb_audit_head *h = d->heads.n && tree->n > 0
						   ? bsearch(&want, d->heads.items, d->heads.n,
							     sizeof(want), compare_heads)
						   : NULL;

	return h ? (size_t)(h - d->heads.items) : SUMDB_AUDIT_NO_TREE;
}

static void unique_heads(struct sumdb_audit_work *d)
{
	size_t n = 0;

	if (d->heads.n)
		qsort(d->heads.items, d->heads.n, sizeof(*d->heads.items), compare_heads);
	for (size_t i = 0; i < d->heads.n; i++)
		if (i == 0 || compare_heads(&d->heads.items[n - 1], &d->heads.items[i]) != 0)
			d->heads.items[n++] = d->heads.items[i];
	d->heads.n = n;
}

static void read_latest(struct sumdb_audit_work *d, struct tlog_tree *tree)
{
	struct err e = ERR_INIT;
	const char *go_says;
	struct stat st;
	size_t len;
	char *data;

	*tree = (struct tlog_tree){ .n = -1 };
	if (!d->o->latest)
		return;
	if (lstat(d->o->latest, &st)) {
		if (errno != ENOENT && errno != ENOTDIR)
			d->unread = errno;
		return;
	}
	if (st.st_size == 0)
		return;
	d->latest_file = sumdb_audit_add_file(d, arena_strdup(d->a, d->o->latest), AUDIT_HEAD,
					      (uint64_t)st.st_size);
	if (!d->o->prove || !d->o->key)
		return;
	if (!fs_read(d->a, d->o->latest, SUMDB_AUDIT_MAX_LOOKUP, &data, &len, &e)) {
		d->unread = e.sys_errno;
		err_release(&e);
		return;
	}
	if (open_note(d, data, len, tree, &go_says)) {
		add_head(d, tree);
		return;
	}
	sumdb_audit_wrong(d, d->latest_file, "it is not a tree signed by the database",
			  arena_fmt(d->a, "initializing sumdb.Client: %s", go_says));
	*tree = (struct tlog_tree){ .n = -1 };
}

void sumdb_audit_read_heads(struct sumdb_audit_work *d)
{
	struct tlog_tree *trees, latest;

	read_latest(d, &latest);
	if (!d->o->prove)
		return;
	trees = xcalloc(d->lookups.n + 1, sizeof(*trees));
	for (size_t i = 0; i < d->lookups.n && !cancel_is_set(d->o->cancel); i++) {
		read_lookup(d, &d->lookups.items[i], &trees[i]);
		if (trees[i].n > 0)
			add_head(d, &trees[i]);
	}
	unique_heads(d);
	d->latest_head = find_head(d, &latest);
	for (size_t i = 0; i < d->lookups.n; i++)
		d->lookups.items[i].head = find_head(d, &trees[i]);
	free(trees);
}
