/*
 * trace.h - what go does to download one module, request by request.
 *
 * Nothing is predicted: the questions of `go mod download PATH@QUERY` with an empty module cache are asked, by the code that answers them
 * for every other command (query.h, source.h), and written down: .info (for a query the list and what it leads to), .mod, the
 * checksum database where go.sum does not know the hash, .zip. Each goes to the hops of GOPROXY in turn, by go's rules. No cache is
 * read or written, and nothing is repeated; of the zip no more than the first MiB is read. The end is go's, in its words.
 *
 *	struct trace t;
 *	trace_run(&t, &(struct trace_options){ .env = env }, (struct modver){ "example.com/a", "latest" });
 *	...
 *	trace_release(&t);
 *
 * Any thread; blocks. The strings are the trace's. No credential is in them; what servers say is outside text.
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
	TRACE_ANSWERED, /* what was asked for is there */
	TRACE_REJECTED, /* there was an answer, and go does not take it */
	TRACE_ABSENT,	/* not found: the next hop is asked */
	TRACE_ANY,	/* an error, and "|" follows: the next hop is asked */
	TRACE_LAST,	/* not found, and there is no other hop */
	TRACE_STOPS,	/* an error at which go stops */
};

/* One question to one hop. */
struct trace_request {
	size_t hop;	    /* of GOPROXY, from 0; TRACE_DATABASE: the checksum database itself */
	const char *what;   /* "list", "info", "latest", "mod", "zip", "supported", "lookup", "tile" */
	const char *url;
	const struct http_hop *exchanges; /* redirects in turn; none of a file:// hop */
	size_t n_exchanges;
	bool twice;	    /* go asks again, with credentials, for https answers of 4xx */
	int status;	    /* 0: no answer, or no server */
	enum err_code code; /* ERR_NONE: answered */
	const char *says;   /* the error; "" if there is none */
	enum trace_next next;
};
#define TRACE_DATABASE SIZE_MAX

enum trace_proof {
	TRACE_UNPROVEN, /* the go.mod was not had */
	TRACE_GOSUM,	/* go.sum has its hash */
	TRACE_SUMDB,	/* the checksum database has proven it */
	TRACE_UNCHECKED, /* GOSUMDB, GONOSUMDB or GOPRIVATE say that it is not checked */
};

struct trace {
	struct arena arena;
	const char *path, *query;
	const char *version;	/* that the query led to; "" if it did not */
	struct modver replaced; /* by this; path "" if it is not */
	const struct trace_request *requests;
	size_t n;
	bool ok;
	const char *words;	/* go's last ones, without "go: "; "" if all is well */
	enum err_code code;
	enum trace_proof proof;
	bool zip_whole;		/* the zip was read to its end */
};

struct trace_options {
	const struct goenv *env; /* borrowed, as all */
	bool offline;		 /* file:// only */
	bool no_zip;		 /* the zip is not asked for */
	int total_ms;		 /* for one exchange; 0: as for all commands */
	struct cancel *cancel;
	struct activity *log;
};

/* m.version may be any query. Never fails: what goes wrong is the answer. */
void trace_run(struct trace *t, const struct trace_options *o, struct modver m);
void trace_release(struct trace *t);
/* The end is that what was asked for is nowhere: all that was asked of hops for it was not found. */
bool trace_is_absent(const struct trace *t);
/* "answered", "next: not found", ... */
const char *trace_next_text(enum trace_next next);

#endif
