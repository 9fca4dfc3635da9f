#include "base/steady.h"

int64_t steady_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t steady_us(void)
{
	return steady_ns() / 1000;
}

int64_t steady_ms(void)
{
	return steady_ns() / 1000000;
}
