// One component of a picture in another size, in another layout, of other colours.
// Built with IN_WIDE and OUT_WIDE: whether a value is of 16 bits; and SOURCES (1 or 3): of how many components it is made.

struct __align__(16) Entry { int low, high; float part; int unused; };
struct Source {
    const Entry *across, *down;
    const unsigned char* in;
    int step, stride;
};
struct Arguments {
    Source sources[3];
    float matrix[4];  // what they are multiplied by, and what is added
    unsigned char* out;
    int step, stride;
    int width, height, left, top, right, bottom;
    float padding;
    int lowest, most;  // values are multiples of the lowest, up to the most
};

__device__ __forceinline__ float at(const unsigned char* p) {
#if IN_WIDE
    return *(const unsigned short*) p;
#else
    return *p;
#endif
}

__device__ __forceinline__ float sample(const Source& s, int x, int y) {
    const Entry across = s.across[x], down = s.down[y];
    const unsigned char* above = s.in + (long long) down.low * s.stride;
    const unsigned char* below = s.in + (long long) down.high * s.stride;
    const int l = across.low * s.step, r = across.high * s.step;
    float p = at(above + l), q = at(below + l);
    p += (at(above + r) - p) * across.part;
    q += (at(below + r) - q) * across.part;
    return p + (q - p) * down.part;
}

extern "C" __global__ void resample(const Arguments a) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= a.width || y >= a.height) {
        return;
    }
    float v = a.padding;
    if (x >= a.left && x < a.right && y >= a.top && y < a.bottom) {
        v = a.matrix[3];
#pragma unroll
        for (int i = 0; i < SOURCES; i++) {
            v += sample(a.sources[i], x, y) * a.matrix[i];
        }
    }
    const int value = min((int) (fmaxf(0.f, v) / a.lowest + 0.5f) * a.lowest, a.most);
    unsigned char* to = a.out + (long long) y * a.stride + x * a.step;
#if OUT_WIDE
    *(unsigned short*) to = (unsigned short) value;
#else
    *to = (unsigned char) value;
#endif
}
