#include "fetch/proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/activity.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/gojson.h"
#include "fetch/http.h"
#include "gofiles/modpath.h"
#include "gofiles/pseudo.h"
#include "gofiles/rfc3339.h"
#include "gofiles/semver.h"
#include "base/text.h"

/* net/url.PathEscape, but for the slash. */
static const char *escape_path(struct arena *a, const char *s)
{
	struct buf b = BUF_INIT;
	const char *out;

	text_percent_encode(&b, s, "$&+/:=@");
	out = arena_strdup(a, b.data);
	buf_release(&b);
	return out;
}

/* proxyRepo.getBody, or for the checksum database web.Join. */
static struct gourl target_of(const struct proxy *p, struct arena *a, const struct route_hop *hop,
			      const char *file)
{
	struct gourl u;

	if (p->plain_urls)
		return gourl_join(a, hop->base, file, file);
	u = gourl_join(a, hop->base, file, escape_path(a, file));
	u.path = path_clean(a, u.path);
	u.raw_path = path_clean(a, u.raw_path);
	return u;
}

void proxy_url(const struct proxy *p, struct buf *b, const struct route_hop *hop, const char *file)
{
	struct arena a = ARENA_INIT;
	struct gourl u = target_of(p, &a, hop, file);

	gourl_write(&u, b);
	arena_release(&a);
}

static bool file_error(struct err *e, const char *url, enum err_code code, int errnum)
{
	return err_set(e, code, "reading %s: %s", url, err_errno_text(errnum));
}

/* os.Open's errors for a file:// URL: two mean "not found", the rest are errors of their own. */
static bool open_error(struct err *e, const char *url, const char *path, int errnum)
{
	if (errnum == ENOENT)
		return file_error(e, url, ERR_NOT_FOUND, errnum);
	if (errnum == EACCES || errnum == EPERM)
		return file_error(e, url, ERR_NETWORK, errnum);
	return err_set(e, ERR_NETWORK, "open %s: %s", path, err_errno_text(errnum));
}

typedef bool piece_fn(void *ctx, const void *data, size_t len, struct err *e);

static bool copy_file(int fd, const char *url, const char *path, size_t max,
		      const struct cancel *cancel, piece_fn *fn, void *ctx, int64_t *bytes,
		      struct err *e)
{
	char *piece = xmalloc(65536);
	bool ok = true;

	while (ok) {
		ssize_t n = fs_read_some(fd, piece, 65536);

		if (n == 0)
			break;
		if (n < 0)
			ok = err_set(e, ERR_NETWORK, "read \"%s\": read %s: %s", url, path,
				     err_errno_text(errno));
		else if ((size_t)(*bytes += n) > max)
			ok = err_set(
				e, ERR_LIMIT,
				"reading %s: the file is longer than the %zu bytes that are read",
				url, max);
		else if (cancel_is_set(cancel))
			ok = err_set(e, ERR_CANCELLED, "reading %s: cancelled", url);
		else
			ok = fn(ctx, piece, (size_t)n, e);
	}
	free(piece);
	return ok;
}

/* A file:// hop. */
static bool read_file(const struct proxy *p, const struct route_hop *hop, const char *file,
		      size_t max, piece_fn *fn, void *ctx, struct err *e)
{
	struct buf url = BUF_INIT;
	struct arena a = ARENA_INIT;
	const char *path = target_of(p, &a, hop, file).path;
	struct activity_row row;
	struct err why = ERR_INIT;
	int64_t bytes = 0;
	struct stat st;
	bool ok;
	int fd;

	proxy_url(p, &url, hop, file);
	row = activity_begin("read", url.data);
	/* a name with a NUL byte is not the one before it */
	errno = EINVAL;
	fd = strstr(hop->url, "%00") ? -1
				     : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		ok = open_error(&why, url.data, path, errno);
	else if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		ok = err_set(&why, ERR_NETWORK, "reading %s: not a regular file", url.data);
	else
		ok = copy_file(fd, url.data, path, max, p->cancel, fn, ctx, &bytes, &why);
	if (fd >= 0)
		close(fd);
	activity_end(p->log, &row, ok ? "ok" : why.text, bytes);
	if (!ok)
		err_move(e, &why);
	buf_release(&url);
	arena_release(&a);
	return ok;
}

static bool add_piece(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	buf_add(ctx, data, len);
	return true;
}

static bool refuse_offline(const struct proxy *p, const struct route_hop *hop, const char *file,
			   bool zip, struct err *e)
{
	struct buf url = BUF_INIT, shown = BUF_INIT;

	if (!p->offline && !p->look && !(zip && p->no_zips))
		return true;
	proxy_url(p, &url, hop, file);
	text_redact_url(&shown, url.data);
	err_set(e, ERR_OFFLINE, "reading %s: %s", shown.data,
		p->offline ? "the network is not used (--offline)"
			   : "not in the module cache, and viewing does not fetch");
	buf_release(&url);
	buf_release(&shown);
	return false;
}

static void tell(const struct proxy *p, const struct route_hop *hop, const char *file,
		 const struct http_answer *r, const struct buf *body, const struct err *why)
{
	struct proxy_exchange x = {
		.hop = hop, .file = file, .answer = r, .body = body, .err = why
	};

	if (p->watch)
		p->watch->seen(p->watch->ctx, &x);
}

/* A file:// hop, watched. */
static bool watch_file(const struct proxy *p, const struct route_hop *hop, const char *file,
		       size_t max, piece_fn *fn, void *ctx, struct err *e)
{
	struct err why = ERR_INIT;
	bool ok = read_file(p, hop, file, max, fn, ctx, &why);

	tell(p, hop, file, NULL, fn == add_piece ? ctx : NULL, &why);
	return ok || err_move(e, &why);
}

/* One exchange: any status but 200 is an error. Sets q's URL. */
static bool exchange(const struct proxy *p, const struct route_hop *hop, const char *file,
		     struct http_request *q, struct buf *out, struct err *e)
{
	struct buf url = BUF_INIT;
	struct http_answer r;
	struct err why = ERR_INIT;
	bool ok;

	proxy_url(p, &url, hop, file);
	q->url = url.data;
	q->cancel = p->cancel;
	q->certificate = p->watch != NULL;
	if (p->watch && p->watch->total_ms)
		q->total_ms = p->watch->total_ms;
	ok = http_get(p->http(p->http_ctx), q, &r, &why);
	if (ok && r.status != 200)
		ok = http_status_error(&r, &why);
	if (ok && out)
		buf_add(out, r.body.data, r.body.len);
	tell(p, hop, file, &r, q->sink ? NULL : &r.body, &why);
	http_answer_release(&r);
	buf_release(&url);
	return ok || err_move(e, &why);
}

bool proxy_read(const struct proxy *p, const struct route_hop *hop, const char *file, size_t max,
		struct buf *out, struct err *e)
{
	if (hop->kind == ROUTE_FILE)
		return watch_file(p, hop, file, max, add_piece, out, e);
	return refuse_offline(p, hop, file, false, e) &&
	       /* the checksum database's files are not below a module */
	       exchange(p, hop, file,
			&(struct http_request){ .max_bytes = max,
						.get_bytes = !strstr(file, "/@") },
			out, e);
}

/* "ESCAPED/@v/VERSION.suffix"; with a NULL version "ESCAPED/" + suffix. */
static bool module_file(struct buf *b, const char *module, const char *version, const char *suffix,
			struct err *e)
{
	if (!modpath_escape(b, module, e))
		return false;
	if (version) {
		buf_addstr(b, "/@v/");
		if (!modpath_escape_version(b, version, e))
			return false;
	} else {
		buf_addch(b, '/');
	}
	buf_addstr(b, suffix);
	return true;
}

static bool read_module(const struct proxy *p, const struct route_hop *hop, const char *module,
			const char *version, const char *suffix, size_t max, struct buf *out,
			struct err *e)
{
	struct buf file = BUF_INIT;
	bool ok = module_file(&file, module, version, suffix, e) &&
		  proxy_read(p, hop, file.data, max, out, e);

	buf_release(&file);
	return ok;
}

static void read_ahead(const struct proxy *p, const struct route_hop *hop, const char *module,
		       const char *version, const char *suffix, size_t max)
{
	struct buf file = BUF_INIT, url = BUF_INIT;

	if (hop->kind == ROUTE_PROXY && !p->offline && !p->look && !p->watch &&
	    module_file(&file, module, version, suffix, NULL)) {
		proxy_url(p, &url, hop, file.data);
		http_ahead(p->http(p->http_ctx), &(struct http_request){ .url = url.data,
									 .max_bytes = max,
									 .cancel = p->cancel });
	}
	buf_release(&file);
	buf_release(&url);
}

void proxy_info_ahead(const struct proxy *p, const struct route_hop *hop, const char *module,
		      const char *rev)
{
	read_ahead(p, hop, module, rev, ".info", PROXY_MAX_INFO);
}

void proxy_list_ahead(const struct proxy *p, const struct route_hop *hop, const char *module)
{
	read_ahead(p, hop, module, NULL, "@v/list", PROXY_MAX_LIST);
}

void proxy_mod_ahead(const struct proxy *p, const struct route_hop *hop, const char *module,
		     const char *version)
{
	read_ahead(p, hop, module, version, ".mod", PROXY_MAX_MOD);
}

bool proxy_mod(const struct proxy *p, const struct route_hop *hop, const char *module,
	       const char *version, struct buf *out, struct err *e)
{
	return read_module(p, hop, module, version, ".mod", PROXY_MAX_MOD, out, e);
}

static bool bad_answer(const struct route_hop *hop, struct err *why, struct err *e)
{
	struct buf q = BUF_INIT;

	text_quote(&q, hop->shown, strlen(hop->shown));
	err_set(e, ERR_SYNTAX, "invalid response from proxy %s: %s", q.data, why->text);
	buf_release(&q);
	err_release(why);
	return false;
}

/* proxyRepo.Stat's checks. */
static bool check_info(const struct route_hop *hop, const char *module, const char *rev,
		       const struct buf *b, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct err why = ERR_INIT;
	struct gojson_info info;
	bool ok = gojson_info(&a, b->data, b->len, &info, &why) || bad_answer(hop, &why, e);

	if (ok && rev && !str_eq(info.version, rev) &&
	    modpath_version_is_canonical_n(rev, strlen(rev)) &&
	    modpath_check_version(module, rev, NULL))
		ok = err_set(e, ERR_SYNTAX,
			     "proxy returned info for version %s instead of requested version",
			     info.version);
	arena_release(&a);
	return ok;
}

/* proxyRepo.versionError for a revision that is not a canonical version. */
static bool wrap_revision(const char *rev, struct err *e)
{
	const char *noun = pseudo_is(rev) ? "pseudo-version" : "version";

	if (!e || !*rev || modpath_version_is_canonical_n(rev, strlen(rev)))
		return false;
	err_wrap(e, "invalid %s: ", noun);
	e->reason = (uint32_t)(strlen("invalid : ") + strlen(noun));
	return false;
}

bool proxy_info(const struct proxy *p, const struct route_hop *hop, const char *module,
		const char *rev, struct buf *out, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok = read_module(p, hop, module, rev, ".info", PROXY_MAX_INFO, &b, e) &&
		  check_info(hop, module, rev, &b, e);

	if (ok)
		buf_add(out, b.data, b.len);
	buf_release(&b);
	return ok || wrap_revision(rev, e);
}

const char *proxy_list_line(char *line, const char **rest)
{
	char *word, *second;

	line += strspn(line, " \t\r\v\f");
	if (!*line)
		return NULL;
	word = line;
	line += strcspn(line, " \t\r\v\f");
	if (*line)
		*line++ = '\0';
	second = line + strspn(line, " \t\r\v\f");
	second[strcspn(second, " \t\r\v\f")] = '\0';
	*rest = second;
	return semver_valid(word) ? word : NULL;
}

/* time.Parse(time.RFC3339, s) in nanoseconds, or the zero time, as go ignores the error. */
static __int128 list_time(const char *s)
{
	static const __int128 zero = (__int128)-62135596800 * 1000000000;
	int64_t t;
	int nanos;

	return rfc3339_parse_nanos(s, &t, &nanos) ? (__int128)t * 1000000000 + nanos : zero;
}

/* proxyRepo.latestFromList: the version with the newest time; tags without a time are ignored. NULL if there is none. */
static const char *newest_of_list(char *list)
{
	__int128 best_time = list_time("");
	const char *best = NULL;

	for (char *line = list; line;) {
		char *nl = strchr(line, '\n');
		const char *rest, *version;
		__int128 t;
		int64_t seconds;

		if (nl)
			*nl++ = '\0';
		version = proxy_list_line(line, &rest);
		line = nl;
		if (!version || (!*rest && !pseudo_is(version)))
			continue;
		t = *rest				   ? list_time(rest)
		    : pseudo_time(&seconds, version, NULL) ? (__int128)seconds * 1000000000
							   : list_time("");
		if (t > best_time) {
			best_time = t;
			best = version;
		}
	}
	return best;
}

static bool newest_info(const struct proxy *p, const struct route_hop *hop, const char *module,
			const struct buf *list, struct buf *out, struct err *e)
{
	char *text = xstrdup(list->data);
	const char *version = newest_of_list(text);
	bool ok = version ? proxy_info(p, hop, module, version, out, e)
			  : err_set(e, ERR_NOT_FOUND, "no commits");

	free(text);
	return ok;
}

struct proxy_once_list {
	struct buf info;
	struct err why; /* set: there is no such version, or the list could not be read */
};

void proxy_once_release(struct proxy_once *o)
{
	for (size_t i = 0; i < o->lists.n; i++) {
		struct proxy_once_list *l = o->lists.entries[i].value;

		buf_release(&l->info);
		err_release(&l->why);
	}
	map_release(&o->lists);
	arena_release(&o->arena);
}

/* Remembers the first list of a hop and module, or why it could not be read. */
static void keep_list(const struct proxy *p, const struct route_hop *hop, const char *module,
		      const struct buf *list, const struct err *why)
{
	struct proxy_once *o = p->watch ? p->watch->once : NULL;
	struct proxy_once_list *l;
	char *key;

	if (!o)
		return;
	key = arena_fmt(&o->arena, "%s %s", hop->url, module);
	if (map_has(&o->lists, key))
		return;
	l = arena_calloc(&o->arena, 1, sizeof(*l));
	map_put(&o->lists, key, l);
	if (err_is_set(why))
		err_copy(&l->why, why);
	else
		newest_info(p, hop, module, list, &l->info, &l->why);
}

bool proxy_list(const struct proxy *p, const struct route_hop *hop, const char *module,
		struct buf *out, struct err *e)
{
	struct buf list = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok = read_module(p, hop, module, NULL, "@v/list", PROXY_MAX_LIST, &list, &why);

	keep_list(p, hop, module, &list, &why);
	buf_add(out, list.data, list.len);
	buf_release(&list);
	return ok || err_move(e, &why);
}

static const struct proxy_once_list *kept_list(const struct proxy *p, const struct route_hop *hop,
					       const char *module)
{
	char *key = xasprintf("%s %s", hop->url, module);
	const struct proxy_once_list *l = p->watch && p->watch->once
						  ? map_get(&p->watch->once->lists, key)
						  : NULL;

	free(key);
	return l;
}

static bool take_kept(const struct proxy_once_list *kept, struct buf *out, struct err *e)
{
	buf_add(out, kept->info.data, kept->info.len);
	if (err_is_set(&kept->why))
		err_copy(e, &kept->why);
	return !err_is_set(&kept->why);
}

/* proxyRepo.latest. */
static bool latest_of_list(const struct proxy *p, const struct route_hop *hop, const char *module,
			   const char *known, struct buf *out, struct err *e)
{
	struct buf list = BUF_INIT;
	bool ok = known || kept_list(p, hop, module) || proxy_list(p, hop, module, &list, e);
	const struct proxy_once_list *kept = kept_list(p, hop, module);

	if (known)
		buf_addstr(&list, known);
	if (ok)
		ok = kept ? take_kept(kept, out, e) : newest_info(p, hop, module, &list, out, e);
	buf_release(&list);
	return ok;
}

bool proxy_latest(const struct proxy *p, const struct route_hop *hop, const char *module,
		  const char *list, struct buf *out, struct err *e)
{
	struct err why = ERR_INIT;
	struct buf b = BUF_INIT;
	bool ok = read_module(p, hop, module, NULL, "@latest", PROXY_MAX_INFO, &b, &why);

	if (ok) {
		ok = check_info(hop, module, NULL, &b, e);
		if (ok)
			buf_add(out, b.data, b.len);
	} else if (why.code == ERR_NOT_FOUND) {
		ok = latest_of_list(p, hop, module, list, out, e);
	} else {
		err_move(e, &why);
	}
	err_release(&why);
	buf_release(&b);
	return ok;
}

struct zip_file {
	int fd;
	const char *name;
};

static bool write_piece(void *ctx, const void *data, size_t len, struct err *e)
{
	const struct zip_file *f = ctx;

	return fs_write_full(f->fd, data, len) || err_sys(e, errno, "write %s", f->name);
}

static bool rewind_file(void *ctx, struct err *e)
{
	const struct zip_file *f = ctx;

	if (lseek(f->fd, 0, SEEK_SET) || ftruncate(f->fd, 0))
		return err_sys(e, errno, "write %s", f->name);
	return true;
}

static bool too_large(struct err *why, struct err *e)
{
	if (why->code == ERR_LIMIT)
		err_set(e, ERR_LIMIT, "downloaded zip file too large");
	err_move(e, why);
	err_release(why);
	return false;
}

static bool get_zip(const struct proxy *p, const struct route_hop *hop, const char *file,
		    struct zip_file *to, struct err *e)
{
	struct http_request q = {
		.max_bytes = PROXY_MAX_ZIP,
		.total_ms = 30 * 60 * 1000,
		.sink = write_piece,
		.restart = rewind_file,
		.ctx = to,
	};

	return refuse_offline(p, hop, file, true, e) && exchange(p, hop, file, &q, NULL, e);
}

bool proxy_zip(const struct proxy *p, const struct route_hop *hop, const char *module,
	       const char *version, int fd, const char *name, struct err *e)
{
	struct zip_file to = { fd, name };
	struct buf file = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok;

	ok = rewind_file(&to, &why) && module_file(&file, module, version, ".zip", &why);
	if (ok)
		ok = hop->kind == ROUTE_FILE
			     ? watch_file(p, hop, file.data, PROXY_MAX_ZIP, write_piece, &to, &why)
			     : get_zip(p, hop, file.data, &to, &why);
	buf_release(&file);
	return ok || too_large(&why, e);
}

/* The first bytes of a zip. */
struct zip_head {
	int64_t bytes, most;
	bool enough;
};

static bool count_piece(void *ctx, const void *data, size_t len, struct err *e)
{
	struct zip_head *head = ctx;

	(void)data;
	head->bytes += (int64_t)len;
	head->enough = head->bytes >= head->most;
	return !head->enough || err_set(e, ERR_CANCELLED, "no more is read");
}

static bool count_again(void *ctx, struct err *e)
{
	struct zip_head *head = ctx;

	(void)e;
	head->bytes = 0;
	return true;
}

static bool read_head(const struct proxy *p, const struct route_hop *hop, const char *file,
		      struct zip_head *head, struct err *e)
{
	struct http_request q = {
		.max_bytes = PROXY_MAX_ZIP,
		.sink = count_piece,
		.restart = count_again,
		.ctx = head,
	};

	if (hop->kind == ROUTE_FILE)
		return watch_file(p, hop, file, PROXY_MAX_ZIP, count_piece, head, e);
	return refuse_offline(p, hop, file, true, e) && exchange(p, hop, file, &q, NULL, e);
}

bool proxy_zip_head(const struct proxy *p, const struct route_hop *hop, const char *module,
		    const char *version, bool *whole, struct err *e)
{
	struct zip_head head = { .most = p->watch ? p->watch->zip_bytes : 0 };
	struct buf file = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok = module_file(&file, module, version, ".zip", &why) &&
		  read_head(p, hop, file.data, &head, &why);

	buf_release(&file);
	*whole = !head.enough;
	if (!ok && head.enough) {
		err_release(&why);
		return true;
	}
	return ok || too_large(&why, e);
}
