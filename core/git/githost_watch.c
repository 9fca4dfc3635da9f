/* Inspects what libgit2 reads from a server: libgit2 buffers the whole list of refs, reports SHA-256 names only as unparsable, and does not read the list of a
 * shallow repository. */
#include "git/githost_impl.h"
#include "git/gitshallow.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define MAX_LIST ((size_t)256 << 20)
#define CAPABILITIES 8192u /* they are on the first line */

struct stream;

struct watch {
	git_smart_subtransport parent;
	git_smart_subtransport *inner;
	struct githost *h;
	struct stream *current; /* NULL if there is none */
};

struct stream {
	git_smart_subtransport_stream parent;
	git_smart_subtransport_stream *inner;
	bool listing;
	size_t n;
	struct gitshallow_list filter;
	struct buf ready; /* of the list, filtered */
	size_t given;
};

static struct watch *watch_of(git_smart_subtransport_stream *stream)
{
	return (struct watch *)stream->subtransport;
}

static int refuse(struct githost *h, const char *why)
{
	h->git->error_set_str(GIT_ERROR_NET, why);
	return GIT_ERROR;
}

static int look(struct stream *s, const char *data, size_t len)
{
	static const char sha256[] = "object-format=sha256";
	struct githost *h = watch_of(&s->parent)->h;

	if (s->n < CAPABILITIES && memmem(data, len, sha256, strlen(sha256))) {
		h->sha256 = true;
		return refuse(h, "SHA-256");
	}
	s->n += len;
	return s->n <= MAX_LIST ? 0 : refuse(h, "the list of refs is too long");
}

static int give(struct stream *s, char *out, size_t max, size_t *n)
{
	*n = MIN(max, s->ready.len - s->given);
	if (*n)
		memcpy(out, s->ready.data + s->given, *n);
	s->given += *n;
	if (s->given == s->ready.len) {
		buf_clear(&s->ready);
		s->given = 0;
	}
	return 0;
}

/* At least one byte of the list, unless it has ended. */
static int read_list(struct stream *s, char *out, size_t max, size_t *n)
{
	int code = 0;

	while (code == 0 && !s->ready.len) {
		code = s->inner->read(s->inner, out, max, n);
		if (code == 0)
			code = look(s, out, *n);
		if (code != 0)
			return code;
		gitshallow_filter(&s->filter, &s->ready, out, *n);
		watch_of(&s->parent)->h->shallow |= s->filter.found;
		if (!*n)
			break;
	}
	return give(s, out, max, n);
}

static int stream_read(git_smart_subtransport_stream *stream, char *out, size_t max, size_t *n)
{
	struct stream *s = (struct stream *)stream;
	int code;

	if (cancel_is_set(watch_of(stream)->h->o.cancel))
		return refuse(watch_of(stream)->h, "cancelled");
	code = s->listing ? read_list(s, out, max, n) : s->inner->read(s->inner, out, max, n);
	git_socket_alive(watch_of(stream)->h->guard);
	return code;
}

static int stream_write(git_smart_subtransport_stream *stream, const char *data, size_t len)
{
	struct stream *s = (struct stream *)stream;

	return s->inner->write(s->inner, data, len);
}

static void stream_free(git_smart_subtransport_stream *stream)
{
	struct stream *s = (struct stream *)stream;
	struct watch *w = watch_of(stream);

	if (w->current == s)
		w->current = NULL;
	s->inner->free(s->inner);
	buf_release(&s->ready);
	free(s);
}

/* libgit2 1.5 leaks the URL when a connection by ssh fails. */
static void check_leaks(bool on)
{
#ifdef __SANITIZE_ADDRESS__
	if (on)
		__lsan_enable();
	else
		__lsan_disable();
#else
	(void)on;
#endif
}

/* A connection with a single stream returns that one again. */
static int act(git_smart_subtransport_stream **out, git_smart_subtransport *transport,
	       const char *url, git_smart_service_t action)
{
	struct watch *w = (struct watch *)transport;
	git_smart_subtransport_stream *inner;
	int code;

	check_leaks(false);
	code = w->inner->action(&inner, w->inner, url, action);
	check_leaks(true);
	if (code != 0)
		return code;
	if (!w->current || w->current->inner != inner) {
		w->current = xcalloc(1, sizeof(*w->current));
		w->current->parent = (git_smart_subtransport_stream){ transport, stream_read,
								      stream_write, stream_free };
		w->current->inner = inner;
		buf_init(&w->current->ready);
	}
	w->current->listing = action == GIT_SERVICE_UPLOADPACK_LS;
	*out = &w->current->parent;
	return 0;
}

static int watch_close(git_smart_subtransport *transport)
{
	struct watch *w = (struct watch *)transport;

	return w->inner->close(w->inner);
}

static void watch_free(git_smart_subtransport *transport)
{
	struct watch *w = (struct watch *)transport;

	w->inner->free(w->inner);
	free(w);
}

git_smart_subtransport *githost_watch(struct githost *h, git_smart_subtransport *inner)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->parent = (git_smart_subtransport){ act, watch_close, watch_free };
	w->inner = inner;
	w->h = h;
	return &w->parent;
}
