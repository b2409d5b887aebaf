/*
 * Asks an echo server on this machine, the same way whoever it is: so many connections, one message in flight on each,
 * every echo compared with what was sent in its first bytes. Waits by looking, never by sleeping, so that what is
 * measured is the server.
 *
 *   echo-load CORE PORT BYTES CONNECTIONS
 *
 * Parameters: SECONDS. The figure is round trips a second; behind it stands the latency of each of them in ns. The
 * connections stay open from turn to turn.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

struct connection {
	int socket;
	size_t sent;
	size_t received;
	int64_t begun;
	uint64_t number;
	char *out;
	char *in;
};

static size_t message_bytes;
static int64_t until;
static int64_t *latencies;
static size_t latencies_max;
static size_t round_trips;
static int running;

static void begin(struct connection *c)
{
	c->sent = 0;
	c->received = 0;
	c->number++;
	memcpy(c->out, &c->number, sizeof c->number);
	c->begun = now_nanos();
}

/* The echo is whole. Returns whether there is another message to send. */
static int finish(struct connection *c)
{
	int64_t ended = now_nanos();

	if (memcmp(c->in, c->out, sizeof c->number) != 0)
		fail("message %lu came back as another one", c->number);
	if (round_trips == latencies_max) {
		latencies_max = latencies_max ? 2 * latencies_max : 1 << 20;
		latencies = realloc(latencies, latencies_max * sizeof *latencies);
		if (!latencies)
			fail("realloc: %s", strerror(errno));
	}
	latencies[round_trips++] = ended - c->begun;
	if (ended < until) {
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
				fail("send: %s", strerror(errno));
		}
		bytes = recv(c->socket, c->in + c->received, message_bytes - c->received, MSG_DONTWAIT);
		if (bytes == 0)
			fail("the server has closed a connection");
		if (bytes < 0) {
			if (errno != EAGAIN)
				fail("recv: %s", strerror(errno));
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
		fail("connect: %s", strerror(errno));
	setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	c->number = (uint64_t)c->socket << 40;
	c->out = calloc(1, message_bytes);
	c->in = calloc(1, message_bytes);
	if (!c->out || !c->in)
		fail("calloc: %s", strerror(errno));
	/* Edge-triggered: go_on looks until there is nothing left to do. */
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->socket, &event) < 0)
		fail("epoll_ctl: %s", strerror(errno));
}

static void turn(double seconds, struct connection *all, int connections, int epoll)
{
	struct epoll_event events[64];
	int64_t begun = now_nanos();

	round_trips = 0;
	until = begun + seconds * 1e9;
	running = connections;
	for (int i = 0; i < connections; i++) {
		begin(&all[i]);
		go_on(&all[i]);
	}
	while (running > 0) {
		int count = epoll_wait(epoll, events, 64, 0);

		for (int i = 0; i < count; i++)
			go_on(events[i].data.ptr);
		if (count == 0 && now_nanos() > until + INT64_C(10000000000))
			fail("%d echoes are 10 seconds late", running);
	}
	printf("%.4f", round_trips * 1e9 / (now_nanos() - begun));
	for (size_t i = 0; i < round_trips; i++)
		printf(" %ld", latencies[i]);
	putchar('\n');
	fflush(stdout);
}

int main(int count, char **words)
{
	if (count != 5)
		fail("not CORE PORT BYTES CONNECTIONS");
	pin(atoi(words[1]));
	message_bytes = atol(words[3]);

	int connections = atoi(words[4]);
	struct connection *all = calloc(connections, sizeof *all);
	int epoll = epoll_create1(0);

	if (!all || epoll < 0)
		fail("%d connections: %s", connections, strerror(errno));
	for (int i = 0; i < connections; i++)
		open_connection(&all[i], atoi(words[2]), epoll);

	char line[256];

	while (fgets(line, sizeof line, stdin)) {
		double seconds;

		if (sscanf(line, "%lf", &seconds) != 1)
			fail("not SECONDS: %s", line);
		turn(seconds, all, connections, epoll);
	}
	return 0;
}
