/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Many RTSP readers of one stream, in one thread, and what they cost the server.
 *
 *     rtspload HOST PORT PATH udp|tcp READERS WARM_SECONDS SECONDS SERVER_PID
 *
 * After all have set up the stream's video, and WARM_SECONDS, it counts for SECONDS: bytes and RTP sequence gaps of every
 * reader, over UDP and interleaved in TCP, and CPU time and memory of the server. The result is one line of key=value:
 *
 *     up          readers that play; if one is not let in nothing is measured
 *     dead        of those, the ones whose connection ended while they were counted
 *     min, max    of the readers' rates, Mbit/s of RTP
 *     lost        RTP packets that are missing in sequence, all readers together
 *     packets     RTP packets that came
 *     cpu         seconds of CPU time of the server's process
 *     seconds     the time that it was measured over
 *     client      seconds of CPU time of the readers
 *     rss, grown  the server's resident memory in kB: at the end, and since before the first reader
 *
 * Built by rtsp-benchmark; Linux and glibc only.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    TIMEOUT_MS = 8000,
    KEEP_ALIVE_SECONDS = 20,
    RECEIVE_BUFFER = 1 << 20,
    MESSAGES = 64,
    RTP_HEADER = 12,
    FRAME_HEADER = 4,
    /* An interleaved header and as much of RTP as has the sequence number. */
    HEAD = FRAME_HEADER + 4,
    /* A gap that is larger is taken for packets in another order. */
    GAP = 0x4000
};

struct reader {
    int control;
    int rtp;
    int rtcp;
    int cseq;
    char session[128];
    bool up;
    bool dead;
    long bytes;
    long packets;
    long lost;
    int sequence;

    /* TCP: how much of the empty line came that ends the response to PLAY. */
    unsigned answered;

    /* TCP: where in an interleaved frame the bytes that came end. */
    uint8_t head[HEAD];
    unsigned headed;
    unsigned skip;
};

static const char *host, *path;
static char url[512];
static int port;
static bool tcp;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("rtspload: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static double now(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time))
        fail("the server's process has ended");
    return time.tv_sec + time.tv_nsec / 1e9;
}

static long resident(int pid) {
    char name[64], line[256];
    long kilobytes = 0;
    snprintf(name, sizeof name, "/proc/%d/status", pid);
    FILE *file = fopen(name, "r");
    if (!file)
        fail("there is no process %d", pid);
    while (fgets(line, sizeof line, file))
        sscanf(line, "VmRSS: %ld", &kilobytes);
    fclose(file);
    return kilobytes;
}

/* ---- RTP */

static void count(struct reader *reader, const uint8_t *rtp, long size) {
    int sequence = rtp[2] << 8 | rtp[3];
    if (reader->sequence >= 0) {
        int step = (sequence - reader->sequence) & 0xffff;
        if (step > 1 && step < GAP)
            reader->lost += step - 1;
    }
    reader->sequence = sequence;
    reader->bytes += size;
    reader->packets++;
}

/* Splits what comes after PLAY into its response and interleaved frames, with RTP in channel 0. Returns false for else. */
static bool split(struct reader *reader, const uint8_t *data, size_t size) {
    static const char line[] = "\r\n\r\n";
    while (size > 0) {
        if (reader->answered < sizeof line - 1) {
            reader->answered = *data == line[reader->answered] ? reader->answered + 1 : *data == '\r';
            data++;
            size--;
            continue;
        }
        if (reader->headed == HEAD) {
            size_t step = size < reader->skip ? size : reader->skip;
            reader->skip -= step;
            data += step;
            size -= step;
            if (reader->skip == 0)
                reader->headed = 0;
            continue;
        }
        reader->head[reader->headed++] = *data++;
        size--;
        if (reader->head[0] != '$')
            return false;
        if (reader->headed == HEAD) {
            unsigned length = reader->head[2] << 8 | reader->head[3];
            if (length < HEAD - FRAME_HEADER)
                return false;
            if (reader->head[1] == 0)
                count(reader, reader->head + FRAME_HEADER, length);
            reader->skip = length - (HEAD - FRAME_HEADER);
            if (reader->skip == 0)
                reader->headed = 0;
        }
    }
    return true;
}

static void receive_tcp(struct reader *reader) {
    static uint8_t buffer[1 << 18];
    ssize_t size = recv(reader->control, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0 || !split(reader, buffer, size)) {
        reader->dead = true;
        close(reader->control);
    }
}

static void receive_udp(struct reader *reader) {
    static struct mmsghdr messages[MESSAGES];
    static struct iovec places[MESSAGES];
    static uint8_t heads[MESSAGES][RTP_HEADER];
    for (int i = 0; i < MESSAGES; i++) {
        places[i] = (struct iovec) {heads[i], RTP_HEADER};
        messages[i].msg_hdr = (struct msghdr) {.msg_iov = &places[i], .msg_iovlen = 1};
    }
    int came;
    do {
        came = recvmmsg(reader->rtp, messages, MESSAGES, MSG_DONTWAIT | MSG_TRUNC, NULL);
        for (int i = 0; i < came; i++)
            count(reader, heads[i], messages[i].msg_len);
    } while (came == MESSAGES);
}

/* Receives what is there, waiting for it as long as told. */
static void receive(int poller, int wait_ms) {
    struct epoll_event events[1024];
    int ready = epoll_wait(poller, events, 1024, wait_ms);
    for (int i = 0; i < ready; i++) {
        if (tcp)
            receive_tcp(events[i].data.ptr);
        else
            receive_udp(events[i].data.ptr);
    }
}

/* ---- RTSP */

static bool exactly(int socket, void *data, size_t size) {
    return recv(socket, data, size, MSG_WAITALL) == (ssize_t) size;
}

static bool request(struct reader *reader, const char *method, const char *url, const char *headers) {
    char text[1024];
    int size = snprintf(text, sizeof text, "%s %s RTSP/1.0\r\nCSeq: %d\r\nUser-Agent: rtspload\r\n%s%s%s%s\r\n",
        method, url, ++reader->cseq, reader->session[0] ? "Session: " : "", reader->session,
        reader->session[0] ? "\r\n" : "", headers);
    return send(reader->control, text, size, MSG_NOSIGNAL) == size;
}

/* Sends a request and waits for its response, which a body follows in the text. Returns the status, or 0. */
static int ask(struct reader *reader, const char *method, const char *url, const char *headers, char *text, int room) {
    if (!request(reader, method, url, headers))
        return 0;
    int length = 0;
    text[0] = 0;
    while (length < 4 || memcmp(text + length - 4, "\r\n\r\n", 4)) {
        if (length >= room - 1 || !exactly(reader->control, text + length, 1))
            return 0;
        text[++length] = 0;
    }
    const char *body = strcasestr(text, "Content-Length:");
    int bytes = body ? atoi(body + 15) : 0;
    if (bytes < 0 || length + bytes >= room || (bytes > 0 && !exactly(reader->control, text + length, bytes)))
        return 0;
    text[length + bytes] = 0;
    int status = 0;
    sscanf(text, "RTSP/1.0 %d", &status);
    return status;
}

static int bound(int number) {
    int opened = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(number)};
    if (opened >= 0 && bind(opened, (struct sockaddr *) &address, sizeof address)) {
        close(opened);
        return -1;
    }
    return opened;
}

static int bind_pair(struct reader *reader) {
    static int next = 20000;
    for (; next < 65000; next += 2) {
        reader->rtp = bound(next);
        reader->rtcp = bound(next + 1);
        if (reader->rtp >= 0 && reader->rtcp >= 0) {
            int size = RECEIVE_BUFFER;
            if (setsockopt(reader->rtp, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size))
                setsockopt(reader->rtp, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
            next += 2;
            return next - 2;
        }
        close(reader->rtp);
        close(reader->rtcp);
    }
    fail("no UDP ports are left");
    return 0;
}

/* Asks for the stream without waiting for the answer: a server may answer with the first picture. Returns what failed. */
static const char *play(struct reader *reader) {
    static char text[1 << 16];
    char track[1024], transport[128], control[256] = "";
    struct timeval patience = {.tv_sec = TIMEOUT_MS / 1000};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    reader->control = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(reader->control, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(reader->control, (struct sockaddr *) &address, sizeof address))
        return "connect";
    if (ask(reader, "DESCRIBE", url, "Accept: application/sdp\r\n", text, sizeof text) != 200)
        return "DESCRIBE";
    const char *video = strstr(text, "m=video");
    const char *named = video ? strstr(video, "a=control:") : NULL;
    if (!named || sscanf(named, "a=control:%255[^\r\n]", control) != 1)
        return "SDP";
    if (!strncmp(control, "rtsp:", 5))
        snprintf(track, sizeof track, "%s", control);
    else
        snprintf(track, sizeof track, "%s/%s", url, control);
    if (tcp) {
        snprintf(transport, sizeof transport, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
    } else {
        int number = bind_pair(reader);
        snprintf(transport, sizeof transport, "Transport: RTP/AVP;unicast;client_port=%d-%d\r\n", number, number + 1);
    }
    if (ask(reader, "SETUP", track, transport, text, sizeof text) != 200)
        return "SETUP";
    const char *session = strcasestr(text, "Session:");
    if (!session || sscanf(session + 8, " %127[^;\r\n]", reader->session) != 1)
        return "session";
    return request(reader, "PLAY", url, "Range: npt=0.000-\r\n") ? NULL : "PLAY";
}

/* Sends what is due: each reader's session over UDP ends unless it says every so often that it is alive. */
static void keep_alive(struct reader *all, int readers) {
    static double due;
    static int next;
    double time = now(CLOCK_MONOTONIC);
    if (due == 0)
        due = time + KEEP_ALIVE_SECONDS;
    for (; due < time; due += (double) KEEP_ALIVE_SECONDS / readers) {
        if (!request(&all[next], "GET_PARAMETER", url, ""))
            all[next].dead = true;
        next = (next + 1) % readers;
    }
}

/* Receives until then. It sleeps in between, so that a wake-up is for many packets. */
static void receive_until(int poller, double then, struct reader *all, int readers) {
    while (now(CLOCK_MONOTONIC) < then) {
        if (!tcp)
            keep_alive(all, readers);
        receive(poller, 20);
        nanosleep(&(struct timespec) {.tv_nsec = 2000000}, NULL);
    }
}

int main(int count, char **arguments) {
    if (count != 9)
        fail("HOST PORT PATH udp|tcp READERS WARM_SECONDS SECONDS SERVER_PID");
    host = arguments[1];
    port = atoi(arguments[2]);
    path = arguments[3][0] == '/' ? arguments[3] + 1 : arguments[3];
    snprintf(url, sizeof url, "rtsp://%s:%d/%s", host, port, path);
    tcp = !strcmp(arguments[4], "tcp");
    int readers = atoi(arguments[5]);
    double warm = atof(arguments[6]), seconds = atof(arguments[7]);
    int pid = atoi(arguments[8]);
    clockid_t server;
    if (readers < 1 || seconds <= 0 || clock_getcpuclockid(pid, &server))
        fail("there is no process %d, or nothing to count", pid);
    long before = resident(pid);

    struct reader *all = calloc(readers, sizeof *all);
    int poller = epoll_create1(0), asked = 0, up = 0;
    for (int i = 0; i < readers; i++) {
        struct reader *reader = &all[i];
        reader->sequence = -1;
        const char *step = play(reader);
        if (step) {
            fprintf(stderr, "rtspload: reader %d is not let in: %s\n", i, step);
            break;
        }
        asked++;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = reader};
        epoll_ctl(poller, EPOLL_CTL_ADD, tcp ? reader->control : reader->rtp, &event);
        receive(poller, 0);
    }
    if (asked < readers)
        seconds = warm = 0; /* there is nothing to compare */
    receive_until(poller, now(CLOCK_MONOTONIC) + warm, all, asked);
    for (int i = 0; i < readers; i++) {
        all[i].up = all[i].packets > 0 && !all[i].dead;
        up += all[i].up;
    }

    for (int i = 0; i < readers; i++)
        all[i].bytes = all[i].packets = all[i].lost = 0;
    double began = now(CLOCK_MONOTONIC), used = now(server), own = now(CLOCK_PROCESS_CPUTIME_ID);
    receive_until(poller, began + seconds, all, asked);
    double cpu = now(server) - used, elapsed = now(CLOCK_MONOTONIC) - began;
    own = now(CLOCK_PROCESS_CPUTIME_ID) - own;

    double least = 1e9, most = 0;
    long lost = 0, packets = 0;
    int dead = 0;
    for (int i = 0; i < readers; i++) {
        if (!all[i].up)
            continue;
        double rate = elapsed > 0 ? all[i].bytes * 8 / elapsed / 1e6 : 0;
        least = rate < least ? rate : least;
        most = rate > most ? rate : most;
        lost += all[i].lost;
        packets += all[i].packets;
        dead += all[i].dead;
    }
    long after = resident(pid);
    for (int i = 0; i < asked; i++) /* or the next reader on its ports gets this one's packets, too */
        if (!all[i].dead)
            request(&all[i], "TEARDOWN", url, "");
    printf("up=%d dead=%d min=%.2f max=%.2f lost=%ld packets=%ld cpu=%.3f seconds=%.2f client=%.2f rss=%ld grown=%ld\n", up,
        dead, up ? least : 0, most, lost, packets, cpu, elapsed, own, after, after - before);
    return 0;
}
