#include "base/activity.h"
#include "app/app.h"
#include "texts/describe.h"
#include "gauge.h"

struct activity_view {
	struct list list;
	struct rows rows;
	VEC(struct activity_row) log; /* newest last */
	struct buf text;
};

static struct activity_view *state(const void *v)
{
	return view_state(v, "activity");
}

static struct activity_row *row_at(struct view *v, size_t i)
{
	struct activity_view *s = state(v);

	return &s->log.items[s->log.n - 1 - i];
}

static size_t activity_count(void *ctx)
{
	return state(ctx)->log.n;
}

static uint64_t activity_key(void *ctx, size_t i)
{
	return row_at(ctx, i)->number;
}

enum { COLUMN_TIME, COLUMN_WHAT, COLUMN_TARGET, COLUMN_RESULT, COLUMN_BYTES, COLUMN_TOOK };

static void add_time(struct line *out, struct timespec at)
{
	struct tm tm;

	if (localtime_r(&at.tv_sec, &tm))
		line_addf(out, STYLE_QUIET, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static bool is_good(const struct activity_row *r)
{
	return str_has_prefix(r->result, "2") || str_eq(r->result, "ok") || !r->result[0];
}

static void activity_cell(void *ctx, size_t i, unsigned column, struct line *out)
{
	const struct activity_row *r = row_at(ctx, i);
	struct buf b = BUF_INIT;

	switch (column) {
	case COLUMN_TIME: add_time(out, r->began); break;
	case COLUMN_WHAT: line_add(out, STYLE_NORMAL, r->what); break;
	case COLUMN_TARGET: line_add(out, STYLE_NORMAL, r->target); break;
	case COLUMN_RESULT:
		line_add(out, is_good(r) ? STYLE_QUIET : STYLE_ATTENTION, r->result);
		break;
	case COLUMN_BYTES:
		if (r->bytes >= 0)
			gauge_bytes(&b, (uint64_t)r->bytes);
		line_add(out, STYLE_QUIET, b.data);
		break;
	default:
		line_addf(out, STYLE_QUIET, "%lld.%lld ms", (long long)(r->microseconds / 1000),
			  (long long)(r->microseconds % 1000 / 100));
	}
	buf_release(&b);
}

static const char *activity_text(void *ctx, size_t i, size_t *len)
{
	struct view *v = ctx;
	struct activity_view *s = state(v);
	const struct activity_row *r = row_at(v, i);

	buf_clear(&s->text);
	buf_addf(&s->text, "%s %s %s", r->what, r->target, r->result);
	*len = s->text.len;
	return s->text.data;
}

static int activity_compare(void *ctx, size_t a, size_t b, unsigned column)
{
	const struct activity_row *x = row_at(ctx, a), *y = row_at(ctx, b);

	switch (column) {
	case COLUMN_WHAT: return strcmp(x->what, y->what);
	case COLUMN_TARGET: return strcmp(x->target, y->target);
	case COLUMN_RESULT: return strcmp(x->result, y->result);
	case COLUMN_BYTES: return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
	case COLUMN_TOOK:
		return x->microseconds > y->microseconds ? -1 : x->microseconds < y->microseconds;
	default: return x->number > y->number ? -1 : x->number < y->number;
	}
}

static const struct list_ops list_ops = { .count = activity_count,
					  .key = activity_key,
					  .cell = activity_cell };
static const struct rows_ops rows_ops = { activity_count, activity_text, activity_compare };

static const struct list_column columns[] = {
	{ .id = "time", .title = "time", .min = 8, .priority = 1 },
	{ .id = "what", .title = "what", .min = 5 },
	{ .id = "target",
	  .title = "target",
	  .min = 20,
	  .flex = 1,
	  .match = true,
	  .cut = CUT_MIDDLE },
	{ .id = "result", .title = "result", .min = 6, .max = 30 },
	{ .id = "bytes", .title = "bytes", .min = 8, .right = true, .priority = 2 },
	{ .id = "took", .title = "took", .min = 9, .right = true },
};

static void activity_refresh(struct view *v)
{
	struct activity_view *s = state(v);
	struct activity *log = app_log(v->app);
	uint64_t newest = s->log.n ? s->log.items[s->log.n - 1].number : 0;
	size_t n;

	if (activity_newest(log) == newest)
		return;
	vec_reserve(&s->log, ACTIVITY_MAX);
	n = activity_since(log, 0, s->log.items, ACTIVITY_MAX);
	s->log.n = n;
	rows_refresh(&s->rows);
	rows_work(&s->rows, 4000);
	list_refresh(&s->list);
}

static void activity_open(struct view *v)
{
	struct activity_view *s = state(v);

	buf_init(&s->text);
	list_init(&s->list, &list_ops, v, columns, ARRAY_LEN(columns));
	rows_init(&s->rows, &rows_ops, v);
	s->list.rows = &s->rows;
	s->list.header = true;
	s->list.empty = "No file was fetched and nothing was asked of the network.";
	v->list = &s->list;
	v->rows = &s->rows;
}

static void activity_release(struct view *v)
{
	struct activity_view *s = state(v);

	list_release(&s->list);
	rows_release(&s->rows);
	vec_release(&s->log);
	buf_release(&s->text);
}

static void activity_copy(struct view *v, struct buf *b)
{
	size_t i = list_row(v->list);

	if (i != LIST_NONE)
		buf_addstr(b, row_at(v, i)->target);
}

const struct view_ops view_activity = {
	.name = "activity",
	.title = "Activity",
	.help = "every request and file operation, its time and result",
	.state_size = sizeof(struct activity_view),
	.open = activity_open,
	.release = activity_release,
	.refresh = activity_refresh,
	.copy = activity_copy,
};
