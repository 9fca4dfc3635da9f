#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#ifdef HAVE_MALLOPT
#include <malloc.h>
#endif
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/shell.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "commands/tables.h"
#include "base/par.h"
#include "base/power.h"
#include "base/fs.h"
#include "screens/views.h"
#include "themefile.h"

#define MAX_CONFIG ((size_t)1 << 20)

/* The first failure to write the answer, and what of it was: a change that is under way goes on all the same. */
struct output {
	int why;
};

static void write_all(void *ctx, int fd, const void *data, size_t len)
{
	struct output *o = ctx;
	const char *p = data;

	while (len && !(fd == STDOUT_FILENO && o->why)) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (fd == STDOUT_FILENO)
				o->why = n < 0 ? errno : EIO;
			return;
		}
		p += n;
		len -= (size_t)n;
	}
}

#define HEAP_PAD ((size_t)8 << 20)
#define HEAP_FIRST ((size_t)64 << 10) /* of the heap, before its huge pages */

/* Memory that is freed and needed again a moment later is not given back in between: that would stop all threads each time. Threads that
 * wait for a server share heaps: what one of them frees in its own is of no use to others. */
static void keep_memory(void)
{
#ifdef HAVE_MALLOPT
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_TOP_PAD, HEAP_PAD);
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, (int)MAX(par_cpus(), 16u));
#endif
#endif
}

/* All but the beginning of the heap is in huge pages: to get a thousand pages one by one takes a seventh of the time of `why`. Where there are none, nothing
 * changes. */
static void use_huge_pages(void)
{
#if defined(HAVE_MALLOPT) && defined(MADV_HUGEPAGE)
	const size_t huge = (size_t)2 << 20;
	uintptr_t end = (uintptr_t)sbrk(0), at = (end + HEAP_FIRST + huge - 1) & ~(huge - 1);
	void *first;

	if (end == UINTPTR_MAX || sbrk((intptr_t)(at - HEAP_FIRST - end)) == (void *)-1)
		return;
	first = xmalloc(1); /* takes HEAP_PAD */
	if ((uintptr_t)first < at && (uintptr_t)first >= at - HEAP_FIRST)
		madvise((void *)at, HEAP_PAD - HEAP_FIRST, MADV_HUGEPAGE);
	free(first);
#endif
}

static void on_failed_write(int signo)
{
	(void)signo;
}

/* A reader that went away, or a limit of size, is an error of write(2); what is started from here has the signal as ever. A descriptor that is closed must
 * not become another file's. */
static void guard_output(void)
{
	struct sigaction sa = { .sa_handler = on_failed_write, .sa_flags = SA_RESTART };

	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGXFSZ, &sa, NULL);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDONLY) < 0)
			return;
}

/* An answer that did not arrive is none. */
static int check_output(struct report *r, const struct output *o, int status)
{
	struct err e = ERR_INIT;

	report_flush(r);
	if (!o->why)
		return status;
	err_sys(&e, o->why, "write standard output");
	report_notef(r, "modscope: %s", e.text);
	err_release(&e);
	return STATUS_UNKNOWN;
}

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || str_eq(term, "dumb");
}

static bool wants_color(const char *when, int fd)
{
	const char *no = getenv("NO_COLOR");

	if (!str_eq(when, "auto"))
		return str_eq(when, "always");
	return !(no && *no) && isatty(fd) && !is_dumb();
}

static int terminal_width(int fd)
{
	struct winsize ws;

	if (!isatty(fd))
		return 0;
	/* a terminal that does not tell its size is one all the same */
	return ioctl(fd, TIOCGWINSZ, &ws) == 0 && ws.ws_col ? ws.ws_col : 80;
}

/* A file of the user's: $XDG_CONFIG_HOME/modscope/NAME. The caller's. */
static char *config_file(const char *name)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && config[0] == '/')
		return xasprintf("%s/modscope/%s", config, name);
	return xasprintf("%s/.config/modscope/%s", home ? home : "", name);
}

/* The user's file of that name, or the one that is given instead; absent is fine unless it was given. */
static bool read_config(const char *given, const char *usual, struct buf *data, char **name,
			struct err *e)
{
	struct err missing = ERR_INIT;
	bool ok;

	*name = given ? xstrdup(given) : config_file(usual);
	ok = fs_read_buf(data, *name, MAX_CONFIG, given ? e : &missing);
	err_release(&missing);
	return ok || !given;
}

/* Hashing the cache entries of a project that is looked at: not on battery, and not where it is unwanted. */
static bool may_work_behind(void)
{
	const char *wish = getenv("MODSCOPE_BEHIND");

	return !(wish && str_eq(wish, "off")) && !power_on_battery("/sys/class/power_supply");
}

static const char *editor(void)
{
	const char *visual = getenv("VISUAL");

	return visual && visual[strspn(visual, " \t")] ? visual : getenv("EDITOR");
}

/* A theme by name, ours or a file in modscope/themes; a file where the name has a slash; else modscope/theme, if there is one. */
static bool find_theme(const char *name, struct theme *own, const struct theme **theme,
		       struct err *e)
{
	char *wanted = name && !strchr(name, '/') ? xasprintf("themes/%s", name) : NULL, *file;
	struct buf data = BUF_INIT;
	bool ok = true;

	*theme = name ? theme_find(name) : NULL;
	file = wanted ? config_file(wanted) : NULL;
	free(wanted);
	if (name && !*theme && file && !fs_is_file(file))
		ok = err_set(e, ERR_USAGE, "no theme is called %s", name);
	if (ok && !*theme) {
		char *read;

		ok = read_config(name && !file ? name : file, "theme", &data, &read, e) &&
		     (!data.len || themefile_load(own, data.data, data.len, read, e));
		*theme = ok && data.len ? own : NULL;
		free(read);
	}
	buf_release(&data);
	free(file);
	return ok;
}

/* Sets where the program opens, and with which options; out has room for c's flags and arguments. */
static void place(const struct cli *c, struct app_options *o, struct app_option *out,
		  struct buf *target)
{
	const char *each = c->command ? c->command->view_arg : NULL;

	o->options = out;
	if (!c->command)
		return;
	o->view = c->command->view ? c->command->view : c->command->name;
	o->target = c->n_args && !each ? c->args[0] : NULL;
	if (c->n_args && c->command->place && c->command->place(c, &o->view, target)) {
		o->target = target->len ? target->data : NULL;
		each = NULL;
	}
	for (size_t i = 0; i < c->n_flags; i++)
		if (c->flags[i].value)
			out[o->n_options++] = (struct app_option){ c->flags[i].flag->name,
								   c->flags[i].value };
	for (size_t i = 0; each && *each && i < c->n_args; i++)
		out[o->n_options++] = (struct app_option){ each, c->args[i] };
}

static int interactive(struct cli *c)
{
	struct app_option *options = xcalloc(c->n_flags + c->n_args + 1, sizeof(*options));
	struct term_options to = { .mouse = true, .mono = str_eq(c->color, "never") };
	struct app_options o = { .views = views_all,
				 .signals = true,
				 .behind = may_work_behind(),
				 .read_only = c->read_only,
				 .editor = editor() };
	struct err e = ERR_INIT;
	struct buf keys = BUF_INIT, copy = BUF_INIT, target = BUF_INIT;
	char *name = NULL, *copy_name = NULL;
	struct theme own = { .name = "yours", .help = "your own" };
	bool ok = find_theme(c->theme, &own, &to.theme, &e) &&
		  read_config(c->keys, "keys", &keys, &name, &e) &&
		  read_config(NULL, "copy", &copy, &copy_name, &e);

	if (ok)
		o.load = load_new(&(struct load_options){
			.offline = c->offline, .runs_auth = cli_runs_auth(c), .own_counts = true });
	if (o.load && term_curses_open(&o.term, &to, &e)) {
		o.keys = keys.len ? keys.data : NULL;
		o.keys_name = name;
		buf_truncate(&copy, strcspn(copy.data, "\n"));
		o.copy = copy.len ? copy.data : NULL;
		place(c, &o, options, &target);
		shell_run(&o, &e);
		term_free(o.term);
	}
	load_free(o.load);
	buf_release(&keys);
	buf_release(&copy);
	buf_release(&target);
	free(name);
	free(copy_name);
	free(options);
	return err_is_set(&e) ? cli_fail(c, &e) : STATUS_FINE;
}

static int run(struct cli *c)
{
	struct report *r = c->r;

	r->color_out = wants_color(c->color, STDOUT_FILENO);
	r->color_err = wants_color(c->color, STDERR_FILENO);
	r->width = terminal_width(STDOUT_FILENO);
	r->err_width = is_dumb() ? 0 : terminal_width(STDERR_FILENO);
	if (c->dir && chdir(c->dir) != 0) {
		struct err e = ERR_INIT;

		err_sys(&e, errno, "chdir %s", c->dir);
		return cli_fail(c, &e);
	}
	if (c->interactive || (!c->command && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return interactive(c);
	if (!c->command)
		c->command = commands_all[0];
	return c->command->run(c);
}

static void print_help(struct cli *c)
{
	if (c->command && !str_eq(c->command->name, "help"))
		help_command(c->r, c->command);
	else
		help_usage(c->r, c->commands);
}

static int answer(struct cli *c)
{
	switch (c->ask) {
	case CLI_RUN: return run(c);
	case CLI_HELP: print_help(c); break;
	case CLI_VERSION: report_rawf(c->r, "modscope %s\n", PACKAGE_VERSION); break;
	case CLI_TABLES: tables_json(c->r, commands_all, views_all); break;
	case CLI_KEYS: tables_keys(c->r, views_all); break;
	}
	return STATUS_FINE;
}

/* Also where an earlier argument is wrong. */
static bool asks_json(int argc, char **argv)
{
	for (int i = 1; i < argc && !str_eq(argv[i], "--"); i++)
		if (str_eq(argv[i], "--json") || str_eq(argv[i], "-json"))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct output o = { 0 };
	struct report r;
	struct cli c;
	int status;

	guard_output();
	keep_memory();
	use_huge_pages();
	setlocale(LC_CTYPE, "");
	report_init(&r, write_all, &o);
	r.ascii = !str_eq(nl_langinfo(CODESET), "UTF-8");
	if (cli_parse(&c, &r, commands_all, argc, argv, &status))
		status = answer(&c);
	cli_release(&c);
	if (status == STATUS_USAGE)
		r.json |= asks_json(argc, argv);
	report_end(&r, status != STATUS_FINE);
	status = check_output(&r, &o, status);
	report_release(&r);
	return status;
}
