/*
 * trace.h - what go does to download one module, request by request.
 *
 * Nothing is predicted: the requests of `go mod download PATH@QUERY` with an empty module cache are sent, by the code used
 * for every other command (query.h, source.h), and recorded: .info (for a query the list and what it leads to), .mod, the
 * checksum database if go.sum lacks the hash, .zip. Each goes to the hops of GOPROXY in turn, by go's rules. No cache is
 * read or written, nothing is retried, and only the first MiB of the zip is read. The result is go's, in its words.
 *
 *	struct trace t;
 *	trace_run(&t, &(struct trace_options){ .env = env }, (struct modver){ "example.com/a", "latest" });
 *	...
 *	trace_release(&t);
 *
 * Any thread; blocks. The trace owns the strings. They contain no credentials; servers' texts are untrusted.
 */
#ifndef MODSCOPE_TRACE_H
#define MODSCOPE_TRACE_H

#include "base/arena.h"
#include "base/cancel.h"
#include "base/err.h"
#include "fetch/http_hop.h"

struct activity;
struct goenv;

enum trace_next {
	TRACE_ANSWERED, /* the file exists */
	TRACE_REJECTED, /* there was an answer, but go rejects it */
	TRACE_ABSENT,	/* not found: the next hop is asked */
	TRACE_ANY,	/* an error, and "|" follows: the next hop is asked */
	TRACE_LAST,	/* not found, and this is the last hop */
	TRACE_STOPS,	/* an error at which go stops */
};

/* One request to one hop. */
struct trace_request {
	size_t hop;	    /* of GOPROXY, from 0; TRACE_DATABASE: the checksum database itself */
	const char *what;   /* "list", "info", "latest", "mod", "zip", "supported", "lookup", "tile" */
	const char *url;
	const struct http_hop *exchanges; /* redirects in order; none for a file:// hop */
	size_t n_exchanges;
	bool twice;	    /* go retries with credentials after a 4xx over https */
	int status;	    /* 0: no answer, or no server */
	enum err_code code; /* ERR_NONE: answered */
	const char *says;   /* the error; "" if there is none */
	enum trace_next next;
};
#define TRACE_DATABASE SIZE_MAX

enum trace_proof {
	TRACE_UNPROVEN, /* there was no go.mod */
	TRACE_GOSUM,	/* go.sum has its hash */
	TRACE_SUMDB,	/* the checksum database has proven it */
	TRACE_UNCHECKED, /* GOSUMDB, GONOSUMDB or GOPRIVATE disables the check */
};

struct trace {
	struct arena arena;
	const char *path, *query;
	const char *version;	/* that the query resolved to; "" if none */
	const struct trace_request *requests;
	size_t n;
	bool ok;
	const char *words;	/* go's error, without "go: "; "" on success */
	enum err_code code;
	enum trace_proof proof;
	bool zip_whole;		/* the whole zip was read */
};

struct trace_options {
	const struct goenv *env; /* borrowed, as all */
	bool offline;		 /* file:// only */
	bool no_zip;		 /* do not request the zip */
	int total_ms;		 /* limit for one exchange; 0: the default */
	struct cancel *cancel;
	struct activity *log;
};

/* m.version may be any query. Never fails: an error is part of the result. */
void trace_run(struct trace *t, const struct trace_options *o, struct modver m);
void trace_release(struct trace *t);
/* Whether the trace failed because no hop has the file: every hop answered "not found". */
bool trace_is_absent(const struct trace *t);
/* "answered", "next: not found", ... */
const char *trace_next_text(enum trace_next next);

#endif
