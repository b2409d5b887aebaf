/*
 * Small copies through DPDK's dmadev and its software driver (drivers/dma/skeleton of DPDK): a library for DMA controllers
 * in user space, whose contract is a ring index. The driver's thread copies on a core of its own. Neither huge pages nor
 * devices are needed.
 *
 *   dmadev PRODUCER_CORE DRIVER_CORE
 *
 * Turns are those of copies.h. The case is that of DPDK's own dpdk-test-dma-perf, with the software driver in it.
 *
 * packages: libdpdk
 */
#define _GNU_SOURCE
/* As which dmadev counted until DPDK 23. */
#define ALLOW_EXPERIMENTAL_API
#include <rte_dmadev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <unistd.h>

#include "copies.h"

static int16_t device;

static int queue_copy(char *target, char *source, uint32_t bytes)
{
	int index = rte_dma_copy(device, 0, (uintptr_t)source, (uintptr_t)target, bytes, 0);

	if (index < 0 && index != -ENOSPC)
		fail("rte_dma_copy: %s", strerror(-index));
	return index >= 0;
}

static void queue_doorbell(void)
{
	int error = rte_dma_submit(device, 0);

	if (error)
		fail("rte_dma_submit: %s", strerror(-error));
}

static unsigned queue_ended(unsigned most)
{
	bool failed = false;
	unsigned ended = rte_dma_completed(device, 0, most < 1024 ? most : 1024, NULL, &failed);

	if (failed)
		fail("the driver tells of an error");
	return ended;
}

static void open_device(const char *producer_core, const char *driver_core)
{
	char driver[64];
	char *options[] = { "dmadev", "--no-huge", "--no-shconf", "--no-pci", "--no-telemetry", "-m", "64",
			    "--log-level=error", "-l", (char *)producer_core, "--vdev", driver };
	struct rte_dma_info info;
	struct rte_dma_conf one_queue = { .nb_vchans = 1 };
	struct rte_dma_vchan_conf queue = { .direction = RTE_DMA_DIR_MEM_TO_MEM };

	/* DPDK would leave the thread where it is. */
	if (atol(driver_core) >= sysconf(_SC_NPROCESSORS_CONF))
		cannot("there is no core %s", driver_core);
	snprintf(driver, sizeof driver, "dma_skeleton,lcore=%s", driver_core);
	/* What it says is no answer. */
	int answers = dup(STDOUT_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	if (rte_eal_init(sizeof options / sizeof *options, options) < 0)
		cannot("DPDK does not start here: %s", rte_strerror(rte_errno));
	dup2(answers, STDOUT_FILENO);
	device = rte_dma_next_dev(0);
	if (device < 0)
		cannot("DPDK has no software driver here");
	rte_dma_info_get(device, &info);
	queue.nb_desc = info.max_desc < 2048 ? info.max_desc : 2048;
	if (rte_dma_configure(device, &one_queue) || rte_dma_vchan_setup(device, 0, &queue) || rte_dma_start(device))
		fail("the software driver cannot be started");
}

int main(int argc, char **argv)
{
	if (argc != 3)
		fail("usage: dmadev PRODUCER_CORE DRIVER_CORE");
	open_device(argv[1], argv[2]);
	serve_copies();
	rte_dma_stop(device);
	rte_dma_close(device);
	return rte_eal_cleanup() ? 1 : 0;
}
