#include "offline/schedule.h"

#include "base/text.h"

/* To systemd % is a specifier and $ a variable; words may be in double quotes. */
static void add_systemd(struct buf *b, const char *s)
{
	buf_addch(b, '"');
	for (; *s; s++) {
		if (*s == '%' || *s == '$')
			buf_addch(b, *s);
		if (*s == '"' || *s == '\\')
			buf_addch(b, '\\');
		buf_addch(b, *s);
	}
	buf_addch(b, '"');
}

static void systemd(struct buf *b, const char *dir, const char *levels)
{
	buf_addstr(b, "# modscope-prefetch.service\n[Unit]\n"
		      "Description=Fill the Go module cache\n"
		      "Wants=network-online.target\nAfter=network-online.target\n\n"
		      "[Service]\nType=oneshot\nNice=15\n"
		      "ExecStart=/usr/bin/env modscope prefetch --yes --level ");
	buf_addf(b, "%s ", levels);
	add_systemd(b, dir);
	buf_addstr(b, "\n\n# modscope-prefetch.timer\n[Unit]\n"
		      "Description=Fill the Go module cache once a day\n\n"
		      "[Timer]\nOnCalendar=daily\nRandomizedDelaySec=1h\nPersistent=true\n\n"
		      "[Install]\nWantedBy=timers.target\n");
}

/* To cron % is a newline. */
static void cron(struct buf *b, const char *dir, const char *levels)
{
	struct buf quoted = BUF_INIT;

	buf_addf(b, "17 4 * * * modscope prefetch --yes --level %s ", levels);
	text_quote_shell(&quoted, dir);
	for (const char *s = quoted.data; *s; s++) {
		if (*s == '%')
			buf_addch(b, '\\');
		buf_addch(b, *s);
	}
	buf_addch(b, '\n');
	buf_release(&quoted);
}

static void github(struct buf *b, const char *levels)
{
	buf_addf(
		b,
		"name: prefetch\non:\n  schedule:\n    - cron: '17 4 * * *'\n  workflow_dispatch:\n"
		"jobs:\n  prefetch:\n    runs-on: ubuntu-latest\n    steps:\n"
		"      - uses: actions/checkout@v4\n"
		"      - uses: actions/cache@v4\n        with:\n          path: ~/go/pkg/mod\n"
		"          key: go-modules-${{ hashFiles('**/go.sum') }}\n"
		"      - run: modscope prefetch --yes --level %s\n",
		levels);
}

static void gitlab(struct buf *b, const char *levels)
{
	buf_addf(
		b,
		"prefetch:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"schedule\"\n"
		"  variables:\n    GOMODCACHE: $CI_PROJECT_DIR/.gomodcache\n"
		"  cache:\n    key:\n      files:\n        - go.sum\n    paths:\n      - .gomodcache\n"
		"  script:\n    - modscope prefetch --yes --level %s\n",
		levels);
}

bool schedule_text(struct buf *b, const char *kind, const char *dir, const char *levels)
{
	if (str_eq(kind, "systemd"))
		systemd(b, dir, levels);
	else if (str_eq(kind, "cron"))
		cron(b, dir, levels);
	else if (str_eq(kind, "github"))
		github(b, levels);
	else if (str_eq(kind, "gitlab"))
		gitlab(b, levels);
	else
		return false;
	return true;
}
