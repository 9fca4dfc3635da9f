/*
 * loop.h - the event loop of the interactive program.
 *
 * A turn: poll terminal, added descriptors and timers; dispatch what came; draw once if anything is dirty.
 * Signals only write into a pipe. SIGWINCH becomes EV_RESIZE; ctrl-z and SIGTSTP give the terminal back and stop the
 * process group, SIGCONT takes it again; SIGTERM, SIGHUP and SIGINT quit (loop.signo says which); SIGPIPE is ignored.
 * ctrl-l redraws all. The handlers that were there before come back in loop_release.
 *
 *	struct loop l;
 *	if (!loop_init(&l, term, &my_ops, ctx, &e)) ...
 *	loop_run(&l);
 *	loop_release(&l);	the terminal is not freed
 *
 * All of it runs on one thread; another one wakes it through a descriptor of loop_add_fd. At most one loop per process at a time.
 */
#ifndef MODSCOPE_LOOP_H
#define MODSCOPE_LOOP_H

#include "term.h"

struct loop_ops {
	void (*event)(void *ctx, const struct event *ev);	/* marks dirty by itself: any event draws */
	void (*draw)(void *ctx, struct grid *g);		/* the grid is cleared */
	bool (*work)(void *ctx);	/* in turns without input: at most ~8 ms of a longer work (filters); true: more is left */
	void (*resumed)(void *ctx);	/* after a stop or a child program: files may have changed; NULL */
};

struct loop_fd {
	int fd;
	void (*ready)(void *ctx);
	void *ctx;
};
struct loop_timer {
	unsigned id;
	uint64_t due;		/* loop_now() */
	void (*fire)(void *ctx);
	void *ctx;
};
/* A turn, from when an event could be read to the end of its frame, in microseconds. */
struct loop_sample {
	struct event last;		/* of those that the frame shows, without text; EV_NONE: the turn had no input */
	uint32_t us, cpu_us;		/* cpu_us: of the loop's own thread, whatever else the machine does */
};
struct loop_stats {
	unsigned long frames;
	uint32_t worst_us;		/* from an event to its frame */
	void (*took)(void *ctx, const struct loop_sample *s);	/* may be NULL */
	void *ctx;
};

struct loop {
	struct term *term;
	const struct loop_ops *ops;
	void *ctx;
	struct grid grid;
	bool dirty, quit, more_work;
	int signo;			/* the signal that ended the loop, or 0 */
	int signal_pipe[2];
	VEC(struct loop_fd) fds;
	VEC(struct loop_timer) timers;
	unsigned next_timer;
	struct event last_press;	/* for MOUSE_DOUBLE */
	uint64_t last_press_at;
	struct loop_stats stats;
	bool signals;
};

/* With handle_signals false (tests) no handler is installed. ERR_SYS. */
bool loop_init(struct loop *l, struct term *t, const struct loop_ops *ops, void *ctx, bool handle_signals, struct err *e);
void loop_release(struct loop *l);
/* Until loop_quit, a signal that ends, or the terminal's end. */
void loop_run(struct loop *l);
/* One turn; waits at most timeout_ms (-1: forever). */
void loop_turn(struct loop *l, int timeout_ms);
void loop_quit(struct loop *l);
void loop_dirty(struct loop *l);
/* ready() marks dirty by itself. */
void loop_add_fd(struct loop *l, int fd, void (*ready)(void *ctx), void *ctx);
/* Returns an id for loop_cancel; 0 is never one. A timer that fires marks dirty. */
unsigned loop_after(struct loop *l, unsigned ms, void (*fire)(void *ctx), void *ctx);
void loop_cancel(struct loop *l, unsigned id);
/* Gives the terminal to a child program ($EDITOR) and waits for its end. *status as of waitpid. ERR_SYS. */
bool loop_spawn(struct loop *l, const char *const argv[], int *status, struct err *e);
/* Milliseconds of a steady clock. */
uint64_t loop_now(void);

#endif
