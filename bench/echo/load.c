/*
 * Asks echo servers on this machine, the same way whoever they are: so many connections, one message in flight on each,
 * every echo compared with what was sent in its first bytes. Waits by looking, never by sleeping, so that what is
 * measured is the server.
 *
 * Connections to a port stay open, so that only the first run there pays for them. For each line of its input, PORT
 * SECONDS BYTES CONNECTIONS, it runs so long and answers with a line, ROUND-TRIPS NANOS, and the latency of each round
 * trip in ns, 32 bits each.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
	int socket;
	size_t sent;
	size_t received;
	uint64_t begun;
	uint64_t number;
	char *out;
	char *in;
};

static size_t message_bytes;
static uint64_t end;
static uint32_t *latencies;
static size_t latencies_max;
static size_t round_trips;
static int running;

#define PORTS_MAX 256

/* The connections to each port that was asked. */
static struct peer {
	int port;
	int epoll;
	struct connection *all;
} peers[PORTS_MAX];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void begin(struct connection *c)
{
	c->sent = 0;
	c->received = 0;
	c->number++;
	memcpy(c->out, &c->number, sizeof c->number);
	c->begun = now();
}

/* The echo is whole. Returns whether there is another message to send. */
static int finish(struct connection *c)
{
	uint64_t ended = now();

	if (memcmp(c->in, c->out, sizeof c->number) != 0) {
		fprintf(stderr, "load: message %lu came back as another one\n", c->number);
		exit(1);
	}
	if (round_trips == latencies_max) {
		latencies_max = latencies_max ? 2 * latencies_max : 1 << 20;
		latencies = realloc(latencies, latencies_max * sizeof *latencies);
		if (!latencies)
			fail("realloc");
	}
	latencies[round_trips++] = ended - c->begun;
	if (ended < end) {
		begin(c);
		return 1;
	}
	return 0;
}

/* Sends and receives until the kernel would make it wait. */
static void go_on(struct connection *c)
{
	/* After its last message there may still be an event, of the place for sending that became free. */
	while (c->received < message_bytes) {
		ssize_t bytes;

		if (c->sent < message_bytes) {
			bytes = send(c->socket, c->out + c->sent, message_bytes - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (bytes >= 0)
				c->sent += bytes;
			else if (errno != EAGAIN)
				fail("send");
		}
		bytes = recv(c->socket, c->in + c->received, message_bytes - c->received, MSG_DONTWAIT);
		if (bytes == 0) {
			fprintf(stderr, "load: the server has closed a connection\n");
			exit(1);
		}
		if (bytes < 0) {
			if (errno != EAGAIN)
				fail("recv");
			return;
		}
		c->received += bytes;
		if (c->received == message_bytes && !finish(c)) {
			running--;
			return;
		}
	}
}

static void open_connection(struct connection *c, int port, int epoll)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c };
	int one = 1;

	c->socket = socket(AF_INET, SOCK_STREAM, 0);
	if (c->socket < 0 || connect(c->socket, (struct sockaddr *)&address, sizeof address) < 0)
		fail("connect");
	setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	c->number = (uint64_t)c->socket << 40;
	c->out = calloc(1, message_bytes);
	c->in = calloc(1, message_bytes);
	if (!c->out || !c->in)
		fail("calloc");
	/* Edge-triggered: go_on looks until there is nothing left to do. */
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->socket, &event) < 0)
		fail("epoll_ctl");
}

static struct peer *open_peer(int port, int connections)
{
	struct peer *p = peers;

	while (p < peers + PORTS_MAX && p->port != 0 && p->port != port)
		p++;
	if (p == peers + PORTS_MAX) {
		fprintf(stderr, "load: more than %d ports\n", PORTS_MAX);
		exit(1);
	}
	if (p->port == 0) {
		p->port = port;
		p->epoll = epoll_create1(0);
		p->all = calloc(connections, sizeof *p->all);
		if (!p->all || p->epoll < 0)
			fail("epoll_create1");
		for (int i = 0; i < connections; i++)
			open_connection(&p->all[i], port, p->epoll);
	}
	return p;
}

static void run(int port, double seconds, int connections)
{
	struct peer *p = open_peer(port, connections);
	struct epoll_event events[64];
	uint64_t begun = now();

	round_trips = 0;
	end = begun + seconds * 1e9;
	running = connections;
	for (int i = 0; i < connections; i++) {
		begin(&p->all[i]);
		go_on(&p->all[i]);
	}
	while (running > 0) {
		int count = epoll_wait(p->epoll, events, 64, 0);

		for (int i = 0; i < count; i++)
			go_on(events[i].data.ptr);
		if (count == 0 && now() > end + 10000000000ull) {
			fprintf(stderr, "load: %d echoes are 10 seconds late\n", running);
			exit(1);
		}
	}
	printf("%zu %lu\n", round_trips, now() - begun);
	fwrite(latencies, sizeof *latencies, round_trips, stdout);
	fflush(stdout);
}

int main(void)
{
	char line[256];

	while (fgets(line, sizeof line, stdin)) {
		int port, connections;
		double seconds;

		if (sscanf(line, "%d %lf %zu %d", &port, &seconds, &message_bytes, &connections) != 4) {
			fprintf(stderr, "load: not PORT SECONDS BYTES CONNECTIONS: %s", line);
			return 2;
		}
		run(port, seconds, connections);
	}
	return 0;
}
