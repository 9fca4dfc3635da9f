#include "graph/modindex.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"

#define MAX_INDEX ((size_t)512 << 20)

static const char magic[16] = "modscope index1";

struct header {
	char magic[16];
	uint64_t sum; /* of everything after the header */
	uint64_t strings_len;
	uint32_t n_paths, n_nodes, n_entries, n_require;
};

static uint64_t payload_sum(const void *p, size_t n)
{
	return hash_bytes(p, n, 0x6d6f647363ULL);
}

void modindex_id_of(struct modindex_id *id, const struct stat *st)
{
#ifdef __APPLE__
	const struct timespec *m = &st->st_mtimespec, *c = &st->st_ctimespec;
#else
	const struct timespec *m = &st->st_mtim, *c = &st->st_ctim;
#endif
	*id = (struct modindex_id){
		.dev = (uint64_t)st->st_dev,
		.ino = (uint64_t)st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime = (int64_t)m->tv_sec * 1000000000 + m->tv_nsec,
		.ctime = (int64_t)c->tv_sec * 1000000000 + c->tv_nsec,
	};
}

/* The sections of the file after its header, by ascending alignment. */
struct sections {
	const struct modindex_entry *entries;
	const struct modtab_span *paths;
	const struct modtab_pair *nodes;
	const uint32_t *require;
	const bool *indirect;
	const char *strings;
};

static bool take(const char **p, size_t *left, size_t n, size_t size, void *out)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > *left)
		return false;
	memcpy(out, p, sizeof(*p)); /* of another type */
	*p += bytes;
	*left -= bytes;
	return true;
}

static bool split(const struct header *h, const char *data, size_t len, struct sections *s)
{
	const char *p = data + sizeof(*h);
	size_t left = len - sizeof(*h);

	return take(&p, &left, h->n_entries, sizeof(*s->entries), &s->entries) &&
	       take(&p, &left, h->n_paths, sizeof(*s->paths), &s->paths) &&
	       take(&p, &left, h->n_nodes, sizeof(*s->nodes), &s->nodes) &&
	       take(&p, &left, h->n_require, sizeof(*s->require), &s->require) &&
	       take(&p, &left, h->n_require, sizeof(*s->indirect), &s->indirect) &&
	       take(&p, &left, h->strings_len, 1, &s->strings) && left == 0;
}

/* Whether the numbers of entries and requirements are in range; modtab_adopt() checks the others, and the strings. */
static bool check_entries(const struct header *h, const struct sections *s)
{
	for (size_t i = 0; i < h->n_entries; i++) {
		const struct modindex_entry *e = &s->entries[i];

		if (e->node >= h->n_nodes ||
		    (e->module != MODTAB_NONE && e->module >= h->n_paths) ||
		    (e->go != MODTAB_NONE && e->go >= h->n_nodes) || e->name >= h->strings_len ||
		    e->require > h->n_require || e->n_require > h->n_require - e->require ||
		    e->sum[DIRHASH_LEN] != '\0')
			return false;
	}
	for (size_t i = 0; i < h->n_require; i++) {
		if (s->require[i] >= h->n_nodes || (((const unsigned char *)s->indirect)[i] & ~1u))
			return false;
	}
	return true;
}

static char *read_whole(const char *file, size_t *len)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *data = NULL;
	size_t got = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > (off_t)sizeof(struct header) && (size_t)st.st_size <= MAX_INDEX) {
		*len = (size_t)st.st_size;
		data = xmalloc(*len);
		while (got < *len) {
			ssize_t n = read(fd, data + got, *len - got);

			if (n <= 0)
				break;
			got += (size_t)n;
		}
	}
	close(fd);
	if (data && got < *len) {
		free(data);
		return NULL;
	}
	return data;
}

static bool use(struct modindex *ix, const struct header *h, const struct sections *s,
		struct modtab *t)
{
	if (!modtab_adopt(t, s->strings, h->strings_len, s->paths, h->n_paths, s->nodes,
			  h->n_nodes))
		return false;
	ix->entries = s->entries;
	ix->n_entries = h->n_entries;
	ix->require = s->require;
	ix->indirect = s->indirect;
	ix->strings = s->strings;
	ix->n_nodes = h->n_nodes;
	if (!ix->states)
		ix->states = xcalloc(ix->n_entries + 1, sizeof(*ix->states));
	ix->entry_of = xcalloc((size_t)h->n_nodes + 1, sizeof(*ix->entry_of));
	for (size_t i = 0; i < h->n_entries; i++)
		ix->entry_of[s->entries[i].node] = (uint32_t)i + 1;
	return true;
}

static bool is_sound(const struct header *h, const char *data, size_t len, struct sections *s)
{
	return memcmp(h->magic, magic, sizeof(magic)) == 0 &&
	       payload_sum(data + sizeof(*h), len - sizeof(*h)) == h->sum &&
	       split(h, data, len, s) && check_entries(h, s);
}

/* What another loader has read and checked already, or the file. */
static bool take_file(struct modindex *ix, const char *file, size_t *len, bool *known)
{
	const struct modlooks_index *x = ix->looks ? modlooks_find(ix->looks, file) : NULL;

	*known = x != NULL;
	if (x) {
		ix->data = x->data;
		ix->states = x->states;
		*len = x->len;
	} else {
		ix->data = read_whole(file, len);
	}
	return ix->data != NULL;
}

bool modindex_open(struct modindex *ix, const char *file, const char *modcache,
		   struct modlooks *looks, struct modtab *t)
{
	struct arena a = ARENA_INIT;
	struct header h;
	struct sections s = { 0 };
	size_t len = 0;
	bool ok, known;

	*ix = (struct modindex){ .dir_fd = -1, .looks = looks };
	if (!take_file(ix, file, &len, &known))
		return false;
	memcpy(&h, ix->data, sizeof(h));
	ix->dir_fd = open(path_join(&a, modcache, "cache/download"),
			  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	arena_release(&a);
	ok = ix->dir_fd >= 0 &&
	     (known ? split(&h, ix->data, len, &s) : is_sound(&h, ix->data, len, &s)) &&
	     use(ix, &h, &s, t);
	if (ok && looks && !known)
		modlooks_add(looks, file, ix->data, len, ix->states);
	else if (!ok && !known)
		ix->looks = NULL; /* it does not have them */
	if (!ok)
		modindex_release(ix);
	return ok;
}

void modindex_release(struct modindex *ix)
{
	if (ix->dir_fd >= 0 && ix->data)
		close(ix->dir_fd);
	if (!ix->looks) {
		free(ix->data);
		free(ix->states);
	}
	free(ix->entry_of);
	*ix = (struct modindex){ .dir_fd = -1 };
}

const struct modindex_entry *modindex_find(const struct modindex *ix, uint32_t node)
{
	return node < ix->n_nodes && ix->entry_of[node] ? &ix->entries[ix->entry_of[node] - 1]
							: NULL;
}

static bool is_what_it_was(const struct modindex *ix, const struct modindex_entry *e)
{
	struct modindex_id now;
	struct stat st;

	if (fstatat(ix->dir_fd, ix->strings + e->name, &st, 0) || !S_ISREG(st.st_mode))
		return false;
	modindex_id_of(&now, &st);
	return memcmp(&now, &e->id, sizeof(now)) == 0;
}

enum { UNSEEN, CURRENT, CHANGED };

bool modindex_is_current(const struct modindex *ix, const struct modindex_entry *e)
{
	atomic_uchar *state = &ix->states[e - ix->entries];
	unsigned char is = atomic_load_explicit(state, memory_order_relaxed);

	if (is == UNSEEN) {
		is = is_what_it_was(ix, e) ? CURRENT : CHANGED;
		atomic_store_explicit(state, is, memory_order_relaxed);
	}
	return is == CURRENT;
}

void modindex_look_ahead(struct modindex *ix, const atomic_bool *stop)
{
	for (size_t i = ix->n_entries; i-- > 0 && !atomic_load(stop);)
		modindex_is_current(ix, &ix->entries[i]);
}

/* Renumbers the used numbers densely. */
struct writer {
	const struct modtab *t;
	uint32_t *node_map, *path_map; /* old number -> new + 1 */
	struct buf paths, nodes, entries, require, indirect, strings;
	uint32_t n_paths, n_nodes;
};

static uint32_t put_string(struct writer *w, const char *s)
{
	size_t at = w->strings.len;

	buf_add(&w->strings, s, strlen(s) + 1);
	return (uint32_t)at;
}

static uint32_t put_path(struct writer *w, uint32_t path)
{
	struct modtab_span span;

	if (path == MODTAB_NONE)
		return path;
	if (!w->path_map[path]) {
		span.len = w->t->paths[path].len;
		span.offset = put_string(w, w->t->paths[path].path);
		buf_add(&w->paths, &span, sizeof(span));
		w->path_map[path] = ++w->n_paths;
	}
	return w->path_map[path] - 1;
}

static uint32_t put_node(struct writer *w, uint32_t node)
{
	struct modtab_pair pair;

	if (node == MODTAB_NONE)
		return node;
	if (!w->node_map[node]) {
		pair.path = put_path(w, w->t->nodes[node].path);
		pair.version = put_string(w, w->t->nodes[node].mod.version);
		buf_add(&w->nodes, &pair, sizeof(pair));
		w->node_map[node] = ++w->n_nodes;
	}
	return w->node_map[node] - 1;
}

static void put_entry(struct writer *w, const struct modindex_new *n)
{
	struct modindex_entry e = n->e;

	e.node = put_node(w, n->e.node);
	e.module = put_path(w, n->e.module);
	e.go = put_node(w, n->e.go);
	e.name = put_string(w, n->name);
	e.require = (uint32_t)(w->require.len / sizeof(uint32_t));
	for (size_t i = 0; i < e.n_require; i++) {
		uint32_t node = put_node(w, n->require[i]);

		buf_add(&w->require, &node, sizeof(node));
	}
	buf_add(&w->indirect, n->indirect, e.n_require * sizeof(bool));
	buf_add(&w->entries, &e, sizeof(e));
}

static void write_sections(struct writer *w, const char *file)
{
	const struct buf *parts[] = { &w->entries, &w->paths,	 &w->nodes,
				      &w->require, &w->indirect, &w->strings };
	struct header h = { .strings_len = w->strings.len,
			    .n_paths = w->n_paths,
			    .n_nodes = w->n_nodes };
	struct buf out = BUF_INIT;

	h.n_entries = (uint32_t)(w->entries.len / sizeof(struct modindex_entry));
	h.n_require = (uint32_t)(w->require.len / sizeof(uint32_t));
	memcpy(h.magic, magic, sizeof(magic));
	buf_add(&out, &h, sizeof(h));
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		buf_add(&out, parts[i]->data, parts[i]->len);
	h.sum = payload_sum(out.data + sizeof(h), out.len - sizeof(h));
	memcpy(out.data, &h, sizeof(h));
	if (out.len <= MAX_INDEX)
		fs_write_atomic(file, out.data, out.len, 0666, false, NULL);
	buf_release(&out);
}

void modindex_write(const char *file, const struct modtab *t, const struct modindex_new *list,
		    size_t n)
{
	struct writer w = { .t = t,
			    .paths = BUF_INIT,
			    .nodes = BUF_INIT,
			    .entries = BUF_INIT,
			    .require = BUF_INIT,
			    .indirect = BUF_INIT,
			    .strings = BUF_INIT };

	w.node_map = xcalloc(t->n_nodes + 1, sizeof(*w.node_map));
	w.path_map = xcalloc(t->n_paths + 1, sizeof(*w.path_map));
	for (size_t i = 0; i < n && w.strings.len < UINT32_MAX / 2; i++)
		put_entry(&w, &list[i]);
	put_string(&w, "");
	write_sections(&w, file);
	buf_release(&w.paths);
	buf_release(&w.nodes);
	buf_release(&w.entries);
	buf_release(&w.require);
	buf_release(&w.indirect);
	buf_release(&w.strings);
	free(w.node_map);
	free(w.path_map);
}
