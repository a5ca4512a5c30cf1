/*
 * A link that is far away: carries IP packets between two TUN devices, both ways, with a delay, a rate and
 * seeded losses. For kernels without netem.
 *
 * far-link DEVICE DEVICE MICROSECONDS BYTES_PER_SECOND LOSSES_PER_MILLION SEED
 *
 * Prints `ready` when both devices are there. Ends when its standard input does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Packets under way in one direction, and the bytes of the largest. */
#define SLOTS 65536
#define PACKET 2048
/* What a router keeps for a line that is behind, in nanoseconds of its rate. */
#define BUFFER 200000000ull

struct packet {
	uint64_t due;
	uint16_t size;
	unsigned char bytes[PACKET];
};

struct direction {
	int from, to;
	/* When the line has sent what it was given. */
	uint64_t free;
	uint32_t first, count;
	struct packet *packets;
};

static uint64_t delay, rate, losses, seed;

static uint64_t now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* xorshift64*: the same losses with the same seed. */
static uint64_t chance(void) {
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (seed * 2685821657736338717ull) >> 33;
}

static int open_device(const char *name) {
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (device < 0 || ioctl(device, TUNSETIFF, &request) < 0) {
		perror(name);
		exit(1);
	}
	return device;
}

/* Takes what has come; a line that is too far behind drops it, as a router does. */
static void take(struct direction *line) {
	for (int taken = 0; taken < 256; taken++) {
		struct packet *packet = &line->packets[(line->first + line->count) % SLOTS];
		ssize_t size = read(line->from, packet->bytes, PACKET);
		if (size <= 0) return;
		uint64_t time = now();
		if (line->free < time) line->free = time;
		if (line->count == SLOTS - 1 || line->free - time > BUFFER) continue;
		line->free += (uint64_t)size * 1000000000ull / rate;
		if (chance() % 1000000 < losses) continue;
		packet->due = line->free + delay;
		packet->size = (uint16_t)size;
		line->count++;
	}
}

static void pass_on(struct direction *line) {
	while (line->count > 0) {
		struct packet *packet = &line->packets[line->first];
		if (packet->due > now()) return;
		/* A device that is down loses it. */
		if (write(line->to, packet->bytes, packet->size) < 0 && errno == EAGAIN) return;
		line->first = (line->first + 1) % SLOTS;
		line->count--;
	}
}

int main(int count, char **words) {
	if (count != 7) {
		fprintf(stderr, "far-link DEVICE DEVICE MICROSECONDS BYTES_PER_SECOND LOSSES_PER_MILLION SEED\n");
		return 2;
	}
	int devices[2] = {open_device(words[1]), open_device(words[2])};
	delay = strtoull(words[3], NULL, 10) * 1000;
	rate = strtoull(words[4], NULL, 10);
	losses = strtoull(words[5], NULL, 10);
	seed = strtoull(words[6], NULL, 10) | 1;
	struct direction lines[2];
	for (int one = 0; one < 2; one++) {
		lines[one] = (struct direction){.from = devices[one], .to = devices[1 - one]};
		lines[one].packets = malloc(sizeof(struct packet) * SLOTS);
		if (!lines[one].packets) return 1;
	}
	/* A busy machine must not make the line slower than it says. */
	struct sched_param priority = {.sched_priority = 1};
	sched_setscheduler(0, SCHED_FIFO, &priority);
	printf("ready\n");
	fflush(stdout);
	struct pollfd waiting[3] = {{devices[0], POLLIN, 0}, {devices[1], POLLIN, 0}, {0, POLLIN, 0}};
	for (;;) {
		uint64_t next = UINT64_MAX;
		for (int one = 0; one < 2; one++) {
			if (lines[one].count > 0) {
				uint64_t due = lines[one].packets[lines[one].first].due;
				if (due < next) next = due;
			}
		}
		uint64_t time = now();
		uint64_t left = next == UINT64_MAX ? 1000000000ull : next > time ? next - time : 0;
		struct timespec wait = {left / 1000000000ull, left % 1000000000ull};
		if (ppoll(waiting, 3, &wait, NULL) > 0 && waiting[2].revents) {
			char byte;
			if (read(0, &byte, 1) <= 0) return 0;
		}
		for (int one = 0; one < 2; one++) {
			take(&lines[one]);
			pass_on(&lines[one]);
		}
	}
}
