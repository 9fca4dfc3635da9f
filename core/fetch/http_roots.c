#include "fetch/http_roots.h"

#include <dirent.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"
#include "fetch/http_root.h"
#include "fetch/ssl_lib.h"
#include "gofiles/goenv.h"
#include "zip/crypto_lib.h"

#define FILE_MAX ((size_t)16 << 20)
#define MAX_NAMES ((size_t)1 << 16)

static const char *const usual_files[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
};

/* Bundles hold what the files beside them hold: each certificate is read once. */
struct reading {
	struct http_roots *roots;
	struct arena arena;
	struct map seen;
};

/* libcurl would refuse a whole file because of one certificate that OpenSSL cannot parse. */
static bool can_be_parsed(const char *block, size_t len)
{
	const struct crypto_lib *crypto = crypto_lib_get();
	BIO *bio = crypto->BIO_new_mem_buf(block, (int)len);
	X509 *cert = bio ? crypto->PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	bool ok = cert != NULL;

	crypto->X509_free(cert);
	crypto->BIO_free(bio);
	crypto->ERR_clear_error();
	return ok;
}

/* AppendCertsFromPEM: OpenSSL would reject a whole file because of one foreign block. */
static void add_certificates(struct reading *r, const char *s)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE-----";
	struct http_roots *roots = r->roots;

	while ((s = strstr(s, begin))) {
		const char *stop = strstr(s, end);
		size_t len;

		if (!stop)
			return;
		len = (size_t)(stop - s) + sizeof(end) - 1;
		if (map_put(&r->seen, arena_strndup(&r->arena, s, len), r) &&
		    (roots->on_demand || can_be_parsed(s, len)) &&
		    http_root_add(&roots->certificates, s, len) && !roots->on_demand) {
			buf_add(&roots->pem, s, len);
			buf_addch(&roots->pem, '\n');
		}
		s += len;
	}
}

/* go's firstErr. */
static void keep_failure(struct reading *r, struct err *e)
{
	if (err_is_set(e) && e->sys_errno != ENOENT && !r->roots->failed)
		r->roots->failed = xstrdup(e->text);
	err_release(e);
}

static bool add_file(struct reading *r, const char *path, struct err *e)
{
	struct buf b = BUF_INIT;
	bool ok = fs_read_buf(&b, path, FILE_MAX, e);

	if (ok && b.len)
		add_certificates(r, b.data);
	buf_release(&b);
	return ok;
}

/* A link to a file of the same directory, which is read anyway. */
static bool is_other_name(const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target));

	return n > 0 && !memchr(target, '/', (size_t)n);
}

static void add_dir(struct reading *r, const char *dir)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct fs_dirent *entries;
	size_t n;

	if (fs_list(&a, dir, MAX_NAMES, &entries, &n, &e)) {
		for (size_t i = 0; i < n; i++) {
			const char *path = arena_fmt(&a, "%s/%s", dir, entries[i].name);

			if (entries[i].type != DT_LNK || !is_other_name(path))
				add_file(r, path, NULL);
		}
	}
	keep_failure(r, &e);
	arena_release(&a);
}

static void add_dirs(struct reading *r, const char *list)
{
	while (*list) {
		size_t n = strcspn(list, ":");
		char *dir = xstrndup(list, n);

		if (n)
			add_dir(r, dir);
		free(dir);
		list += n + (list[n] == ':');
	}
}

static void read_all(struct http_roots *roots, const char *file, const char *dirs)
{
	struct reading r = { .roots = roots, .arena = ARENA_INIT };

	bool read = false;

	for (size_t i = 0; !read && i < (*file ? 1 : ARRAY_LEN(usual_files)); i++) {
		struct err e = ERR_INIT;

		read = add_file(&r, *file ? file : usual_files[i], &e);
		keep_failure(&r, &e);
	}
	add_dirs(&r, *dirs ? dirs : "/etc/ssl/certs:/etc/pki/tls/certs");
	map_release(&r.seen);
	arena_release(&r.arena);
}

/* libcurl copies a blob for every request and compares it with that of each connection; of a file it keeps only the name, and
 * reads it once per connection. */
static void write_file(struct http_roots *r)
{
#ifdef HAVE_MEMFD_CREATE
	r->fd = memfd_create("roots", MFD_CLOEXEC);
	snprintf(r->file, sizeof(r->file), "/proc/self/fd/%d", r->fd);
	if (r->fd < 0 || (write(r->fd, r->pem.data, r->pem.len) == (ssize_t)r->pem.len &&
			  access(r->file, R_OK) == 0))
		return;
	close(r->fd);
#endif
	r->fd = -1;
}

bool http_roots_read(struct http_roots *r, const struct curl_lib *curl, const struct goenv *env)
{
	const char *file = goenv_get(env, "SSL_CERT_FILE"), *dirs = goenv_get(env, "SSL_CERT_DIR");
	bool is_set = *file || *dirs;

	r->on_demand = ssl_lib_is_of(curl);
	if (!is_set && !r->on_demand)
		return false;
	read_all(r, file, dirs);
	if (!is_set && !r->certificates.list.n)
		return false;
	if (r->pem.len)
		write_file(r);
	return true;
}

void http_roots_release(struct http_roots *r)
{
	http_root_release(&r->certificates);
	buf_release(&r->pem);
	free(r->failed);
	r->failed = NULL;
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

CURLcode http_roots_trust(const struct http_roots *r, void *ssl_ctx)
{
	void *store = ssl_lib_get()->ctx_get_cert_store(ssl_ctx);

	return http_root_trust(&r->certificates, store) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

/* CURLOPT_SSL_CTX_FUNCTION */
static CURLcode trust(CURL *easy, void *ssl_ctx, void *ctx)
{
	(void)easy;
	return http_roots_trust(ctx, ssl_ctx);
}

void http_roots_use(const struct http_roots *r, const struct curl_lib *curl, CURL *easy)
{
	struct curl_blob blob = { r->pem.data, r->pem.len, CURL_BLOB_NOCOPY };

	if (r->on_demand) {
		curl->easy_setopt(easy, CURLOPT_CAINFO, NULL);
		curl->easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, trust);
		curl->easy_setopt(easy, CURLOPT_SSL_CTX_DATA, (void *)(uintptr_t)r);
	} else if (r->fd >= 0) {
		curl->easy_setopt(easy, CURLOPT_CAINFO, r->file);
	} else if (r->pem.len) {
		curl->easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
	} else {
		curl->easy_setopt(easy, CURLOPT_CAINFO, "/dev/null");
	}
	curl->easy_setopt(easy, CURLOPT_CAPATH, NULL);
}
