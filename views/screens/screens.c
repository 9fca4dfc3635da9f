#include "screens/screens.h"

const struct view_ops *const screens[] = {
#define VIEW(name) &view_##name,
#include "app/views.def"
#undef VIEW
	NULL,
};
