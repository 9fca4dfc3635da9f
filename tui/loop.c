#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/steady.h"

enum {
	DOUBLE_MS = 400,
	EVENTS_PER_TURN = 512, /* then draw a frame, however fast keys arrive */
	FDS_MAX = 32,
};

static const int caught[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT };

/* A signal handler can reach only static data; there is one loop at a time. */
static volatile int signal_fd = -1;
static struct sigaction before[ARRAY_LEN(caught)], before_pipe;

static void on_signal(int signo)
{
	int saved = errno;
	char c = (char)signo;

	if (signal_fd >= 0 && write(signal_fd, &c, 1) < 0)
		errno = saved; /* full: signals are pending already */
	errno = saved;
}

static uint64_t cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t loop_now(void)
{
	return (uint64_t)steady_ms();
}

static bool make_pipe(int p[2], struct err *e)
{
	if (pipe(p) < 0)
		return err_sys(e, errno, "pipe");
	for (int i = 0; i < 2; i++) {
		fcntl(p[i], F_SETFD, FD_CLOEXEC);
		fcntl(p[i], F_SETFL, O_NONBLOCK);
	}
	return true;
}

static void close_pipe(int p[2])
{
	for (int i = 0; i < 2; i++) {
		if (p[i] >= 0)
			close(p[i]);
		p[i] = -1;
	}
}

static void install_handlers(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &sa, &before[i]);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, &before_pipe);
}

static void remove_handlers(void)
{
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &before[i], NULL);
	sigaction(SIGPIPE, &before_pipe, NULL);
}

bool loop_init(struct loop *l, struct term *t, const struct loop_ops *ops, void *ctx,
	       bool handle_signals, struct err *e)
{
	int w, h;

	memset(l, 0, sizeof(*l));
	l->term = t;
	l->ops = ops;
	l->ctx = ctx;
	l->dirty = l->more_work = true;
	l->next_timer = 1;
	l->signal_pipe[0] = l->signal_pipe[1] = -1;
	grid_init(&l->grid);
	if (!make_pipe(l->signal_pipe, e)) {
		loop_release(l);
		return false;
	}
	l->grid.ascii = t->ascii;
	t->ops->size(t, &w, &h);
	grid_resize(&l->grid, w, h);
	if (handle_signals) {
		signal_fd = l->signal_pipe[1];
		install_handlers();
		l->signals = true;
	}
	return true;
}

void loop_release(struct loop *l)
{
	if (l->signals) {
		remove_handlers();
		signal_fd = -1;
		l->signals = false;
	}
	close_pipe(l->signal_pipe);
	vec_release(&l->fds);
	vec_release(&l->timers);
	grid_release(&l->grid);
}

void loop_quit(struct loop *l)
{
	l->quit = true;
}

void loop_dirty(struct loop *l)
{
	l->dirty = true;
}

void loop_add_fd(struct loop *l, int fd, void (*ready)(void *ctx), void *ctx)
{
	vec_push(&l->fds, (struct loop_fd){ fd, ready, ctx });
}

unsigned loop_after(struct loop *l, unsigned ms, void (*fire)(void *ctx), void *ctx)
{
	struct loop_timer t = { l->next_timer++, loop_now() + ms, fire, ctx };

	if (l->next_timer == 0)
		l->next_timer = 1;
	vec_push(&l->timers, t);
	return t.id;
}

void loop_cancel(struct loop *l, unsigned id)
{
	for (size_t i = 0; i < l->timers.n; i++) {
		if (l->timers.items[i].id == id) {
			l->timers.items[i] = l->timers.items[--l->timers.n];
			return;
		}
	}
}

static void resized(struct loop *l)
{
	struct event ev = { .type = EV_RESIZE };

	l->term->ops->resized(l->term);
	l->term->ops->size(l->term, &ev.x, &ev.y);
	grid_resize(&l->grid, ev.x, ev.y);
	l->dirty = true;
	l->ops->event(l->ctx, &ev);
}

static void taken_again(struct loop *l)
{
	l->term->ops->enter(l->term);
	resized(l);
	if (l->ops->resumed)
		l->ops->resumed(l->ctx);
}

static void suspend(struct loop *l)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL }, mine;

	if (!l->signals)
		return;
	l->term->ops->leave(l->term);
	sigemptyset(&dfl.sa_mask);
	sigaction(SIGTSTP, &dfl, &mine);
	/* the whole group: a script that started us stops too, and the shell takes over */
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &mine, NULL);
	taken_again(l);
}

static void quit_by(struct loop *l, int signo)
{
	l->signo = signo;
	l->quit = true;
}

static void take_signals(struct loop *l)
{
	char seen[64];
	ssize_t n = read(l->signal_pipe[0], seen, sizeof(seen));
	bool winch = false;

	for (ssize_t i = 0; i < n; i++) {
		switch (seen[i]) {
		case SIGWINCH: winch = true; break;
		case SIGTSTP: suspend(l); break;
		case SIGCONT:
			/* after a SIGSTOP the terminal's content and modes are unknown */
			l->term->ops->enter(l->term);
			winch = true;
			break;
		default: quit_by(l, seen[i]);
		}
	}
	if (winch && !l->quit)
		resized(l);
}

static void find_double(struct loop *l, struct event *ev)
{
	uint64_t now = loop_now();

	if (ev->type != EV_MOUSE || ev->mouse != MOUSE_PRESS)
		return;
	if (l->last_press.type == EV_MOUSE && l->last_press.x == ev->x &&
	    l->last_press.y == ev->y && l->last_press.button == ev->button &&
	    now - l->last_press_at <= DOUBLE_MS) {
		ev->mouse = MOUSE_DOUBLE;
		l->last_press.type = EV_NONE;
		return;
	}
	l->last_press = *ev;
	l->last_press_at = now;
}

static void hand_on(struct loop *l, struct event *ev)
{
	l->dirty = true;
	if (ev->type == EV_RESIZE) {
		l->term->ops->size(l->term, &ev->x, &ev->y);
		grid_resize(&l->grid, ev->x, ev->y);
	}
	if (ev->type == EV_KEY && key_eq(ev->key, (struct key){ 'z', KEY_CTRL }) && l->signals) {
		suspend(l);
		return;
	}
	if (ev->type == EV_KEY && key_eq(ev->key, (struct key){ 'l', KEY_CTRL }))
		l->term->ops->redraw(l->term);
	find_double(l, ev);
	l->ops->event(l->ctx, ev);
}

/* False if there was none; *last is the last one. */
static bool take_events(struct loop *l, struct event *last)
{
	bool any = false;
	struct event ev;

	for (int i = 0; i < EVENTS_PER_TURN && !l->quit && l->term->ops->read(l->term, &ev); i++) {
		if (ev.type == EV_NONE) { /* just a frame */
			l->dirty = true;
			break;
		}
		any = l->more_work = true;
		*last = ev;
		hand_on(l, &ev);
	}
	return any;
}

static void fire_timers(struct loop *l)
{
	uint64_t now = loop_now();

	for (size_t i = 0; i < l->timers.n;) {
		struct loop_timer t = l->timers.items[i];

		if (t.due > now) {
			i++;
			continue;
		}
		l->timers.items[i] = l->timers.items[--l->timers.n];
		l->dirty = l->more_work = true;
		t.fire(t.ctx);
		i = 0; /* it may have added or cancelled some */
	}
}

static void do_work(struct loop *l)
{
	if (!l->more_work)
		return;
	l->more_work = l->ops->work && l->ops->work(l->ctx);
	if (l->more_work)
		l->dirty = true;
}

static void draw(struct loop *l)
{
	if (!l->dirty)
		return;
	l->dirty = false;
	grid_clear(&l->grid);
	l->ops->draw(l->ctx, &l->grid);
	l->term->ops->blit(l->term, &l->grid);
	l->stats.frames++;
}

/* Records how long a turn took. */
static void take_sample(struct loop *l, const struct event *last, uint64_t began, uint64_t cpu)
{
	struct loop_sample s = { .last = *last };

	s.last.text = NULL;
	s.us = (uint32_t)MIN((uint64_t)steady_us() - began, UINT32_MAX);
	s.cpu_us = (uint32_t)MIN(cpu_us() - cpu, UINT32_MAX);
	if (last->type != EV_NONE)
		l->stats.worst_us = MAX(l->stats.worst_us, s.us);
	if (l->stats.took)
		l->stats.took(l->stats.ctx, &s);
}

static int sooner(int a, int b)
{
	return a < 0 ? b : b < 0 ? a : MIN(a, b);
}

static int wait_ms(struct loop *l, int timeout)
{
	uint64_t now = loop_now();

	if (l->dirty || l->more_work)
		return 0;
	timeout = sooner(timeout, l->term->ops->timeout(l->term));
	for (size_t i = 0; i < l->timers.n; i++) {
		uint64_t due = l->timers.items[i].due;

		timeout = sooner(timeout, due <= now ? 0 : (int)MIN(due - now, (uint64_t)3600000));
	}
	return timeout;
}

static void call_ready(struct loop *l, const struct pollfd *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!p[i].revents)
			continue;
		for (size_t k = 0; k < l->fds.n; k++) {
			if (l->fds.items[k].fd == p[i].fd) {
				l->more_work = true;
				l->fds.items[k].ready(l->fds.items[k].ctx);
				break;
			}
		}
	}
}

void loop_turn(struct loop *l, int timeout_ms)
{
	struct pollfd p[FDS_MAX + 2] = {
		{ l->term->ops->fd(l->term), POLLIN, 0 },
		{ l->signal_pipe[0], POLLIN, 0 },
	};
	size_t n = MIN(l->fds.n, (size_t)FDS_MAX);
	struct event last = { EV_NONE };
	uint64_t began, cpu;
	bool came;

	for (size_t i = 0; i < n; i++)
		p[2 + i] = (struct pollfd){ l->fds.items[i].fd, POLLIN, 0 };
	if (poll(p, (nfds_t)(2 + n), wait_ms(l, timeout_ms)) < 0 && errno != EINTR)
		quit_by(l, SIGHUP);
	began = (uint64_t)steady_us();
	cpu = cpu_us();
	take_signals(l);
	call_ready(l, p + 2, n);
	/* show the result of a key before continuing work in slices */
	came = take_events(l, &last);
	fire_timers(l);
	if (!came)
		do_work(l);
	draw(l);
	take_sample(l, &last, began, cpu);
}

void loop_run(struct loop *l)
{
	while (!l->quit) {
		loop_turn(l, -1);
		if (l->term->ops->eof(l->term) && !l->dirty && !l->quit)
			quit_by(l, 0);
	}
}

static void run_child(const char *const argv[])
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	sigemptyset(&dfl.sa_mask);
	sigaction(SIGPIPE, &dfl, NULL);
	sigaction(SIGINT, &dfl, NULL);
	sigaction(SIGQUIT, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

bool loop_spawn(struct loop *l, const char *const argv[], int *status, struct err *e)
{
	struct sigaction ign = { .sa_handler = SIG_IGN }, dfl = { .sa_handler = SIG_DFL }, old[3];
	pid_t pid;
	int failed = 0;

	l->term->ops->leave(l->term);
	/* ctrl-c goes to the child only; ctrl-z stops both, and the shell takes over */
	sigaction(SIGINT, &ign, &old[0]);
	sigaction(SIGQUIT, &ign, &old[1]);
	sigaction(SIGTSTP, &dfl, &old[2]);
	pid = fork();
	if (pid == 0)
		run_child(argv);
	if (pid < 0)
		failed = errno;
	while (pid > 0 && waitpid(pid, status, 0) < 0)
		if (errno != EINTR) {
			failed = errno;
			break;
		}
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGQUIT, &old[1], NULL);
	sigaction(SIGTSTP, &old[2], NULL);
	taken_again(l);
	if (failed)
		return err_sys(e, failed, "run %s", argv[0]);
	if (WIFEXITED(*status) && WEXITSTATUS(*status) == 127)
		return err_set(e, ERR_NOT_FOUND, "run %s: command not found", argv[0]);
	return true;
}
