/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counts what a process copies between host and GPU, whichever of its libraries does it: by CUPTI's activity records, not by
 * anything of Levada's. The driver loads it where CUDA_INJECTION64_PATH names it, calls InitializeInjection, and at the
 * process's end the file that LEVADA_COPIES names has a line for each direction: copies, bytes, bytes of the largest.
 */
#include <cupti.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { TO_DEVICE, TO_HOST, WITHIN, PEER, OTHER, DIRECTIONS };

static const char *const NAMES[DIRECTIONS] = {"to-device", "to-host", "within-device", "peer", "other"};

static struct {
    uint64_t copies, bytes, largest;
} seen[DIRECTIONS];

static size_t dropped;
static const char *failure;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void count(int direction, uint64_t bytes) {
    pthread_mutex_lock(&lock);
    seen[direction].copies++;
    seen[direction].bytes += bytes;
    if (bytes > seen[direction].largest)
        seen[direction].largest = bytes;
    pthread_mutex_unlock(&lock);
}

static int direction(uint8_t kind) {
    switch (kind) {
        case CUPTI_ACTIVITY_MEMCPY_KIND_HTOD:
        case CUPTI_ACTIVITY_MEMCPY_KIND_HTOA:
            return TO_DEVICE;
        case CUPTI_ACTIVITY_MEMCPY_KIND_DTOH:
        case CUPTI_ACTIVITY_MEMCPY_KIND_ATOH:
            return TO_HOST;
        case CUPTI_ACTIVITY_MEMCPY_KIND_DTOD:
        case CUPTI_ACTIVITY_MEMCPY_KIND_DTOA:
        case CUPTI_ACTIVITY_MEMCPY_KIND_ATOD:
        case CUPTI_ACTIVITY_MEMCPY_KIND_ATOA:
            return WITHIN;
        case CUPTI_ACTIVITY_MEMCPY_KIND_PTOP:
            return PEER;
        default:
            return OTHER;
    }
}

static void CUPTIAPI wanted(uint8_t **buffer, size_t *size, size_t *most) {
    *size = 1 << 20;
    *buffer = aligned_alloc(8, *size);
    *most = 0;
}

static void CUPTIAPI filled(CUcontext context, uint32_t stream, uint8_t *buffer, size_t size, size_t valid) {
    CUpti_Activity *record = NULL;
    size_t lost = 0;
    (void) size;
    while (cuptiActivityGetNextRecord(buffer, valid, &record) == CUPTI_SUCCESS) {
        if (record->kind == CUPTI_ACTIVITY_KIND_MEMCPY) {
            CUpti_ActivityMemcpy6 *copy = (CUpti_ActivityMemcpy6 *) record;
            count(direction(copy->copyKind), copy->bytes);
        } else if (record->kind == CUPTI_ACTIVITY_KIND_MEMCPY2) {
            count(PEER, ((CUpti_ActivityMemcpyPtoP4 *) record)->bytes);
        }
    }
    if (cuptiActivityGetNumDroppedRecords(context, stream, &lost) == CUPTI_SUCCESS)
        dropped += lost;
    free(buffer);
}

static int works(CUptiResult result, const char *doing) {
    const char *text = "unknown";
    if (result == CUPTI_SUCCESS)
        return 1;
    cuptiGetResultString(result, &text);
    fprintf(stderr, "CUPTI, %s: %s\n", doing, text);
    failure = text;
    return 0;
}

static void tell(void) {
    const char *path = getenv("LEVADA_COPIES");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!failure)
        works(cuptiActivityFlushAll(CUPTI_ACTIVITY_FLAG_FLUSH_FORCED), "collecting records");
    if (!file)
        return;
    if (failure)
        fprintf(file, "failure %s\n", failure);
    else if (dropped)
        fprintf(file, "failure %zu records were dropped\n", dropped);
    else
        for (int i = 0; i < DIRECTIONS; i++)
            fprintf(file, "%s %llu %llu %llu\n", NAMES[i], (unsigned long long) seen[i].copies,
                    (unsigned long long) seen[i].bytes, (unsigned long long) seen[i].largest);
    fclose(file);
}

/* Called by the driver at the first cuInit. Always 1: a process that can't be watched goes on, and the file says why. */
int InitializeInjection(void) {
    atexit(tell);
    (void) (works(cuptiActivityRegisterCallbacks(wanted, filled), "registering") &&
            works(cuptiActivityEnable(CUPTI_ACTIVITY_KIND_MEMCPY), "asking for copies") &&
            works(cuptiActivityEnable(CUPTI_ACTIVITY_KIND_MEMCPY2), "asking for copies between GPUs"));
    return 1;
}
