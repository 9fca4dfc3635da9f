/* Fetching one commit without its ancestors, which libgit2 1.5 cannot request: we send the request on its connection, and it indexes the pack. */
#include <unistd.h>

#include "git/githost_impl.h"
#include "git/gitshallow.h"

#define PIECE 65536u

struct pack {
	struct githost *h;
	git_odb_writepack *writer;
	git_indexer_progress progress;
};

static bool write_piece(void *ctx, const char *data, size_t len, struct err *e)
{
	struct pack *p = ctx;

	return p->writer->append(p->writer, data, len, &p->progress) == 0 ||
	       gitrepo_fail(p->h->git, GIT_ERROR, p->h->o.url, e);
}

static bool cancelled(const struct githost *h, struct err *e)
{
	return cancel_is_set(h->o.cancel) && !err_set(e, ERR_CANCELLED, "cancelled");
}

/* Reads to the end of the answer. */
static bool read_answer(struct pack *p, git_smart_subtransport_stream *stream, struct err *e)
{
	struct gitshallow answer = { .sink = write_piece, .ctx = p, .rest = BUF_INIT };
	char *piece = xcalloc(1, PIECE);
	bool ok = true;

	while (ok && !answer.done) {
		size_t n = 0;

		if (cancelled(p->h, e))
			ok = false;
		else if (stream->read(stream, piece, PIECE, &n) != 0)
			ok = githost_connect_fail(p->h, GIT_ERROR, e);
		else if (n == 0)
			ok = err_set(e, ERR_NETWORK, "%s: the answer ends early", p->h->o.url);
		else
			ok = gitshallow_feed(&answer, piece, n, e);
	}
	free(piece);
	gitshallow_release(&answer);
	return ok && (p->writer->commit(p->writer, &p->progress) == 0 ||
		      gitrepo_fail(p->h->git, GIT_ERROR, p->h->o.url, e));
}

static bool ask(struct pack *p, git_smart_subtransport_stream *stream, const char *id,
		struct err *e)
{
	struct buf request = BUF_INIT;
	int code;

	gitshallow_request(&request, id);
	code = stream->write(stream, request.data, request.len);
	buf_release(&request);
	return code == 0 ? read_answer(p, stream, e) : githost_connect_fail(p->h, code, e);
}

/* An http stream ends with its answer, and the connection can be used again; other connections have a single stream, libgit2's, that serves one request. */
static bool speak(struct pack *p, const char *id, struct err *e)
{
	struct githost *h = p->h;
	git_smart_subtransport_stream *stream;
	bool ok;
	int code;

	git_socket_enter(h->guard);
	code = h->sub->action(&stream, h->sub, h->o.real_url, GIT_SERVICE_UPLOADPACK);
	ok = code == 0 ? ask(p, stream, id, e) : githost_connect_fail(h, code, e);
	git_socket_leave(h->guard);
	if (code != 0)
		return false;
	if (githost_connect_is_http(h))
		stream->free(stream);
	else
		githost_connect_end(h);
	return ok;
}

static bool receive(struct githost *h, const char *id, struct err *e)
{
	struct pack p = { .h = h };
	git_odb *db;
	int code = h->git->odb_open(&db, h->some_dir);
	bool ok;

	if (code == 0) {
		code = h->git->odb_write_pack(&p.writer, db, NULL, NULL);
		if (code != 0)
			h->git->odb_free(db);
	}
	if (code != 0)
		return gitrepo_fail(h->git, code, h->some_dir, e);
	ok = speak(&p, id, e);
	p.writer->free(p.writer);
	h->git->odb_free(db);
	return ok;
}

bool githost_some_fetch(struct githost *h, const struct githost_ref *ref, struct err *e)
{
	int lock;
	bool ok;

	if (!h->whole)
		return githost_open_forbidden(h, e);
	if ((!h->remote && !githost_connect_remote(h, e)) || !h->sub)
		return false;
	lock = githost_open_lock(h, e);
	if (lock < 0)
		return false;
	ok = receive(h, ref->id, e);
	close(lock);
	githost_quick_close(h);
	return ok;
}
