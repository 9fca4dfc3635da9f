#include "cache/gitodb.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hex.h"
#include "base/inflate.h"
#include "zip/crypto_lib.h"

#define MAX_PACKS 10000u
#define MAX_INDEX ((size_t)512 << 20)
#define MAX_CONTENT ((size_t)64 << 20) /* of a commit, tree or tag */
#define INDEX_HEAD (8u + 1024u)
#define TRAILER (2 * GITODB_ID)

struct pack {
	const char *file, *index; /* without and with the index: names */
	unsigned char *ids;	  /* sorted; NULL: the index is not usable */
	uint32_t n;
};

struct gitodb {
	const struct crypto_lib *crypto;
	struct arena *a;
	const char *dir;
	struct pack *packs;
	size_t n_packs;
	struct inflate *inflate;
};

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The names in an index of version 2. */
static void read_index(struct gitodb *o, struct pack *p)
{
	char *data;
	size_t len;
	uint32_t n;

	if (!fs_read(o->a, p->index, MAX_INDEX, &data, &len, NULL) || len < INDEX_HEAD + TRAILER ||
	    memcmp(data, "\377tOc\0\0\0\2", 8) != 0)
		return;
	n = big_endian((unsigned char *)data + INDEX_HEAD - 4);
	if ((len - INDEX_HEAD - TRAILER) / (GITODB_ID + 8) < n)
		return;
	p->ids = (unsigned char *)data + INDEX_HEAD;
	p->n = n;
}

struct gitodb *gitodb_open(struct arena *a, const char *objects_dir)
{
	struct gitodb *o = arena_calloc(a, 1, sizeof(*o));
	struct fs_dirent *entries;
	size_t n;

	o->crypto = crypto_lib_get();
	o->a = a;
	o->dir = objects_dir;
	if (!fs_list(a, arena_fmt(a, "%s/pack", objects_dir), MAX_PACKS, &entries, &n, NULL))
		return o;
	o->packs = arena_calloc(a, n, sizeof(*o->packs));
	for (size_t i = 0; i < n; i++) {
		const char *name = entries[i].name;
		struct pack *p = &o->packs[o->n_packs];

		if (!str_has_suffix(name, ".idx"))
			continue;
		p->index = arena_fmt(a, "%s/pack/%s", objects_dir, name);
		p->file = arena_fmt(a, "%.*s.pack", (int)(strlen(p->index) - 4), p->index);
		read_index(o, p);
		o->n_packs++;
	}
	return o;
}

bool gitodb_parse_id(const char *hex, unsigned char id[GITODB_ID])
{
	for (size_t i = 0; i < (size_t)2 * GITODB_ID; i++) {
		int c = hex[i], v = c >= '0' && c <= '9' ? c - '0' : c - 'a' + 10;

		if (v < 0 || v > 15 || (v < 10 && c > '9'))
			return false;
		id[i / 2] = (unsigned char)(i % 2 ? id[i / 2] << 4 | v : v);
	}
	return true;
}

void gitodb_id_text(const unsigned char id[GITODB_ID], char text[2 * GITODB_ID + 1])
{
	hex_encode(id, GITODB_ID, text);
}

const char *gitodb_file(const struct gitodb *o, struct arena *a, const unsigned char id[GITODB_ID])
{
	char text[2 * GITODB_ID + 1];

	gitodb_id_text(id, text);
	return arena_fmt(a, "%s/%.2s/%s", o->dir, text, text + 2);
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, GITODB_ID);
}

enum gitodb_place gitodb_find(const struct gitodb *o, const unsigned char id[GITODB_ID])
{
	struct arena a = ARENA_INIT;
	bool loose = fs_exists(gitodb_file(o, &a, id));

	arena_release(&a);
	if (loose)
		return GITODB_LOOSE;
	for (size_t i = 0; i < o->n_packs; i++)
		if (o->packs[i].n && fs_exists(o->packs[i].file) &&
		    bsearch(id, o->packs[i].ids, o->packs[i].n, GITODB_ID, compare_ids))
			return GITODB_PACKED;
	return GITODB_ABSENT;
}

/* A loose object while it is inflated: "TYPE SIZE\0" and the content. */
struct reading {
	const struct crypto_lib *crypto;
	const char *data; /* compressed; all at once */
	size_t len;
	EVP_MD_CTX *sha;
	char head[32];
	size_t head_len;
	bool in_content;
	enum gitodb_type type;
	uint64_t size, seen;
	struct buf *content;
	const struct cancel *cancel;
};

static bool fill(void *ctx, const unsigned char **data, size_t *len, struct err *e)
{
	struct reading *r = ctx;

	if (cancel_is_set(r->cancel))
		return err_set(e, ERR_CANCELLED, "cancelled");
	*data = (const unsigned char *)r->data;
	*len = r->len;
	r->len = 0;
	return true;
}

static bool parse_head(struct reading *r, struct err *e)
{
	static const char *const names[] = { "commit", "tree", "blob", "tag" };
	const char *space = strchr(r->head, ' ');
	char *end = NULL;

	for (size_t i = 0; space && i < ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i]);

		if ((size_t)(space - r->head) != n || memcmp(r->head, names[i], n) != 0)
			continue;
		r->type = (enum gitodb_type)i;
		r->size = strtoull(space + 1, &end, 10);
		if (space[1] < '0' || space[1] > '9' || *end)
			break;
		r->in_content = true;
		if (r->type != GITODB_BLOB && r->size > MAX_CONTENT)
			return err_set(e, ERR_LIMIT, "it is too large to be read");
		return true;
	}
	return err_set(e, ERR_SYNTAX, "it has no git object header");
}

static bool flush(void *ctx, const void *data, size_t len, struct err *e)
{
	struct reading *r = ctx;
	const char *s = data;

	r->crypto->EVP_DigestUpdate(r->sha, data, len);
	while (!r->in_content && len) {
		if (r->head_len + 1 == sizeof(r->head))
			return err_set(e, ERR_SYNTAX, "it has no git object header");
		r->head[r->head_len++] = *s;
		len--;
		if (!*s++ && !parse_head(r, e))
			return false;
	}
	r->seen += len;
	if (r->seen > r->size)
		return err_set(e, ERR_SYNTAX, "it is longer than its header says");
	if (r->type != GITODB_BLOB)
		buf_add(r->content, s, len);
	return true;
}

/* RFC 1950's two bytes before the stream. */
static bool is_zlib(const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;

	return len > 2 && (p[0] & 15) == 8 && (p[0] << 8 | p[1]) % 31 == 0 && !(p[1] & 32);
}

static bool inflate_object(struct gitodb *o, struct reading *r, const unsigned char *id,
			   struct err *e)
{
	const struct inflate_io io = { fill, flush, r };
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!is_zlib(r->data, r->len))
		return err_set(e, ERR_SYNTAX, r->len ? "it is not zlib data" : "it is empty");
	r->data += 2;
	r->len -= 2;
	if (!o->inflate)
		o->inflate = inflate_new();
	r->sha = o->crypto->EVP_MD_CTX_new();
	o->crypto->EVP_DigestInit_ex2(r->sha, o->crypto->EVP_sha1(), NULL);
	if (!inflate_run(o->inflate, &io, e)) {
		o->crypto->EVP_MD_CTX_free(r->sha);
		return false;
	}
	o->crypto->EVP_DigestFinal_ex(r->sha, digest, NULL);
	o->crypto->EVP_MD_CTX_free(r->sha);
	if (!r->in_content || r->seen != r->size)
		return err_set(e, ERR_SYNTAX, "it is shorter than its header says");
	return memcmp(digest, id, GITODB_ID) == 0 ||
	       err_set(e, ERR_CHECKSUM, "its content has a different hash");
}

bool gitodb_read(struct gitodb *o, const unsigned char id[GITODB_ID], enum gitodb_type *type,
		 struct buf *content, const struct cancel *cancel, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct reading r = { .crypto = o->crypto, .content = content, .cancel = cancel };
	struct buf b = BUF_INIT;
	bool ok = fs_read_buf(&b, gitodb_file(o, &a, id), MAX_INDEX, e);

	if (ok) {
		r.data = b.data;
		r.len = b.len;
		ok = inflate_object(o, &r, id, e);
		*type = r.type;
	}
	buf_release(&b);
	arena_release(&a);
	return ok;
}

size_t gitodb_packs(const struct gitodb *o)
{
	return o->n_packs;
}

/* Hashes a file up to its last 20 bytes, which must be that hash. */
static bool check_trailer(const char *file, const struct cancel *cancel, struct err *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const struct crypto_lib *crypto = crypto_lib_get();
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 }, last[GITODB_ID], part[65536];
	EVP_MD_CTX *sha = crypto->EVP_MD_CTX_new();
	struct stat st;
	off_t left;
	ssize_t n = 1;
	bool ok = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	if (!ok)
		err_sys(e, fd < 0 ? errno : EINVAL, "open %s", file);
	crypto->EVP_DigestInit_ex2(sha, crypto->EVP_sha1(), NULL);
	for (left = ok ? st.st_size - (off_t)GITODB_ID : 0; ok && left > 0 && n > 0; left -= n) {
		n = read(fd, part, (size_t)MIN(left, (off_t)sizeof(part)));
		if (n > 0)
			crypto->EVP_DigestUpdate(sha, part, (size_t)n);
		if (cancel_is_set(cancel))
			ok = err_set(e, ERR_CANCELLED, "cancelled");
	}
	crypto->EVP_DigestFinal_ex(sha, digest, NULL);
	crypto->EVP_MD_CTX_free(sha);
	if (ok && (left != 0 || read(fd, last, sizeof(last)) != (ssize_t)sizeof(last) ||
		   memcmp(last, digest, GITODB_ID) != 0))
		ok = err_set(e, ERR_CHECKSUM, "its content does not match the hash at its end");
	if (fd >= 0)
		close(fd);
	return ok;
}

bool gitodb_check_pack(struct gitodb *o, size_t i, const struct cancel *cancel, const char **file,
		       struct err *e)
{
	const struct pack *p = &o->packs[i];

	*file = p->index;
	if (!p->ids)
		return err_set(e, ERR_SYNTAX, "it is not a pack index");
	if (!check_trailer(p->index, cancel, e))
		return false;
	*file = p->file;
	return check_trailer(p->file, cancel, e);
}

void gitodb_close(struct gitodb *o)
{
	inflate_free(o->inflate);
}
