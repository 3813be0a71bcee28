// Boxes of the YOLOv8 family out of what a model put out, [row][4 + classes][anchors], as DetectionReader and Boxes choose them:
// the same arithmetic in the same order (no fused operations), so that the same boxes stay. Built with HALF.

#define MOST 1024 // candidates of a picture, as in Boxes; the best ones if there are more

struct Query {
    float score, overlap; // the least that counts, and how much boxes of one class may share
    int most;             // boxes
    int count;            // of candidates; 0 at first
};
struct Box { float left, top, right, bottom, score; int kind; };
struct Result { int kept, candidates; }; // followed by the boxes
struct Arguments {
    const void* output;
    Query* queries;              // one for each row
    const unsigned* wanted;      // for each row a bit for each class, in `words`
    unsigned long long* keys;    // of candidates, for each row as many as there are anchors
    int* kinds;                  // of the anchors of each row that are candidates
    unsigned char* results;
    int classes, anchors, words;
    int resultBytes;             // from one row's result to the next
    float width, height;         // of the model's input
};

#if HALF
__device__ __forceinline__ float number(const void* all, long long at) {
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(((const unsigned short*) all)[at]));
    return f;
}
#else
__device__ __forceinline__ float number(const void* all, long long at) { return ((const float*) all)[at]; }
#endif

// One thread for each anchor: whether it is a candidate, and of which class. Keys order by score, then by anchor.
extern "C" __global__ void __launch_bounds__(256) candidates(const Arguments a) {
    const int anchor = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y;
    if (anchor >= a.anchors) {
        return;
    }
    const long long scores = ((long long) row * (4 + a.classes) + 4) * a.anchors + anchor;
    float best = 0;
    int kind = 0;
    for (int i = 0; i < a.classes; i++) {
        const float score = number(a.output, scores + (long long) i * a.anchors);
        if (score > best) {
            best = score;
            kind = i;
        }
    }
    Query& query = a.queries[row];
    if (best < query.score || !(a.wanted[row * a.words + kind / 32] >> kind % 32 & 1)) {
        return;
    }
    const long long first = (long long) row * a.anchors;
    a.keys[first + atomicAdd(&query.count, 1)] =
        (unsigned long long) __float_as_uint(fminf(best, 1)) << 32 | (0xffffffffu - anchor);
    a.kinds[first + anchor] = kind;
}

__device__ __forceinline__ float area(const Box& b) {
    return __fmul_rn(__fsub_rn(b.right, b.left), __fsub_rn(b.bottom, b.top));
}

__device__ __forceinline__ float overlap(const Box& a, const Box& b) {
    const float width = __fsub_rn(fminf(a.right, b.right), fmaxf(a.left, b.left));
    const float height = __fsub_rn(fminf(a.bottom, b.bottom), fmaxf(a.top, b.top));
    if (width <= 0 || height <= 0) {
        return 0;
    }
    const float both = __fmul_rn(width, height);
    return __fdiv_rn(both, __fsub_rn(__fadd_rn(area(a), area(b)), both));
}

__device__ __forceinline__ Box box(const Arguments& a, int row, unsigned long long key) {
    const int anchor = (int) (0xffffffffu - (unsigned) key);
    const long long at = (long long) row * (4 + a.classes) * a.anchors + anchor;
    const float x = number(a.output, at), y = number(a.output, at + a.anchors);
    const float w = number(a.output, at + 2LL * a.anchors) / 2, h = number(a.output, at + 3LL * a.anchors) / 2;
    return {__fdiv_rn(__fsub_rn(x, w), a.width), __fdiv_rn(__fsub_rn(y, h), a.height),
            __fdiv_rn(__fadd_rn(x, w), a.width), __fdiv_rn(__fadd_rn(y, h), a.height),
            __uint_as_float((unsigned) (key >> 32)), a.kinds[(long long) row * a.anchors + anchor]};
}

// The least key of the MOST best, bit by bit from the highest: no two keys are equal.
__device__ unsigned long long leastOfBest(const unsigned long long* keys, int count) {
    __shared__ int above;
    unsigned long long least = 0;
    for (int bit = 61; bit >= 0; bit--) {
        const unsigned long long tried = least | 1ull << bit;
        int mine = 0;
        for (int i = threadIdx.x; i < count; i += MOST) {
            mine += keys[i] >= tried;
        }
        if (threadIdx.x == 0) {
            above = 0;
        }
        __syncthreads();
        atomicAdd(&above, mine);
        __syncthreads();
        least = above >= MOST ? tried : least;
        __syncthreads();
    }
    return least;
}

// One block for each row: its best candidates in their order, then class by class the best stays and what overlaps it goes.
extern "C" __global__ void __launch_bounds__(MOST) suppress(const Arguments a) {
    __shared__ unsigned long long keys[MOST];
    __shared__ Box boxes[MOST];
    __shared__ bool gone[MOST];
    __shared__ int taken;
    const int row = blockIdx.x, me = threadIdx.x;
    const Query query = a.queries[row];
    const unsigned long long* all = a.keys + (long long) row * a.anchors;
    const int count = min(query.count, MOST);
    const unsigned long long least = query.count > MOST ? leastOfBest(all, query.count) : 0;
    keys[me] = 0;
    gone[me] = false;
    if (me == 0) {
        taken = 0;
    }
    __syncthreads();
    for (int i = me; i < query.count; i += MOST) {
        if (all[i] >= least) {
            keys[atomicAdd(&taken, 1)] = all[i];
        }
    }
    __syncthreads();
    for (int size = 2; size / 2 < count; size *= 2) { // bitonic, best first
        for (int step = size / 2; step > 0; step /= 2) {
            const int other = me ^ step;
            if (other > me && (keys[me] < keys[other]) == ((me & size) == 0)) {
                const unsigned long long key = keys[me];
                keys[me] = keys[other];
                keys[other] = key;
            }
            __syncthreads();
        }
    }
    if (me < count) {
        boxes[me] = box(a, row, keys[me]);
    }
    __syncthreads();
    Result& result = *(Result*) (a.results + (long long) row * a.resultBytes);
    int kept = 0;
    for (int i = 0; i < count && kept < query.most; i++) {
        if (gone[i]) {
            continue;
        }
        if (me > i && me < count && boxes[me].kind == boxes[i].kind && overlap(boxes[i], boxes[me]) > query.overlap) {
            gone[me] = true;
        }
        if (me == 0) {
            ((Box*) (&result + 1))[kept] = boxes[i];
        }
        kept++;
        __syncthreads();
    }
    if (me == 0) {
        result.kept = kept;
        result.candidates = query.count;
    }
}
