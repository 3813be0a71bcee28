// One component of a picture in another size, or in another layout.
// Built with IN_WIDE and OUT_WIDE: whether a value is of 16 bits.

struct Entry { unsigned short low, high; float part; };
struct Arguments {
    const Entry *across, *down;
    const unsigned char* in;
    unsigned char* out;
    int inStep, inStride, outStep, outStride;
    int width, height, left, top, right, bottom;
    float gain, padding;
    int mask;  // of the bits that a value of 16 has
};

__device__ __forceinline__ float at(const unsigned char* p) {
#if IN_WIDE
    return *(const unsigned short*) p;
#else
    return *p;
#endif
}

extern "C" __global__ void resample(const Arguments a) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= a.width || y >= a.height) {
        return;
    }
    float v = a.padding;
    if (x >= a.left && x < a.right && y >= a.top && y < a.bottom) {
        const Entry across = a.across[x], down = a.down[y];
        const unsigned char* above = a.in + (long long) down.low * a.inStride;
        const unsigned char* below = a.in + (long long) down.high * a.inStride;
        const int l = across.low * a.inStep, r = across.high * a.inStep;
        float p = at(above + l), q = at(below + l);
        p += (at(above + r) - p) * across.part;
        q += (at(below + r) - q) * across.part;
        v = (p + (q - p) * down.part) * a.gain;
    }
    unsigned char* to = a.out + (long long) y * a.outStride + x * a.outStep;
#if OUT_WIDE
    const int lowest = a.mask & -a.mask;  // values are multiples of it
    *(unsigned short*) to = (unsigned short) (min((int) (v / lowest + 0.5f) * lowest, 0xffff) & a.mask);
#else
    *to = (unsigned char) min((int) (v + 0.5f), 255);
#endif
}
