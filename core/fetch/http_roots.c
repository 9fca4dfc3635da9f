#include "fetch/http_roots.h"

#include <dirent.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"
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
struct roots {
	struct buf *pem;
	struct arena arena;
	struct map seen;
};

static bool is_certificate(const char *block, size_t len)
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
static void add_certificates(struct roots *r, const char *s)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE-----";

	while ((s = strstr(s, begin))) {
		const char *stop = strstr(s, end);
		size_t len;

		if (!stop)
			return;
		len = (size_t)(stop - s) + sizeof(end) - 1;
		if (map_put(&r->seen, arena_strndup(&r->arena, s, len), r) &&
		    is_certificate(s, len)) {
			buf_add(r->pem, s, len);
			buf_addch(r->pem, '\n');
		}
		s += len;
	}
}

static bool add_file(struct roots *r, const char *path)
{
	struct buf b = BUF_INIT;
	bool ok = fs_read_buf(&b, path, FILE_MAX, NULL);

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

static void add_dir(struct roots *r, const char *dir)
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n;

	if (fs_list(&a, dir, MAX_NAMES, &entries, &n, NULL)) {
		for (size_t i = 0; i < n; i++) {
			const char *path = arena_fmt(&a, "%s/%s", dir, entries[i].name);

			if (entries[i].type != DT_LNK || !is_other_name(path))
				add_file(r, path);
		}
	}
	arena_release(&a);
}

static void add_dirs(struct roots *r, const char *list)
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

bool http_roots_read(struct buf *pem, const struct goenv *env)
{
	const char *file = goenv_get(env, "SSL_CERT_FILE"), *dirs = goenv_get(env, "SSL_CERT_DIR");
	struct roots r = { .pem = pem, .arena = ARENA_INIT };

	if (!*file && !*dirs)
		return false;
	if (*file)
		add_file(&r, file);
	for (size_t i = 0; !*file && i < ARRAY_LEN(usual_files); i++)
		if (add_file(&r, usual_files[i]))
			break;
	add_dirs(&r, *dirs ? dirs : "/etc/ssl/certs:/etc/pki/tls/certs");
	map_release(&r.seen);
	arena_release(&r.arena);
	return true;
}

int http_roots_file(const char *pem, size_t len, char name[HTTP_ROOTS_NAME])
{
#ifdef HAVE_MEMFD_CREATE
	int fd = len ? memfd_create("roots", MFD_CLOEXEC) : -1;

	snprintf(name, HTTP_ROOTS_NAME, "/proc/self/fd/%d", fd);
	if (fd < 0 || (write(fd, pem, len) == (ssize_t)len && access(name, R_OK) == 0))
		return fd;
	close(fd);
#else
	(void)pem;
	(void)len;
	(void)name;
#endif
	return -1;
}
