// Pictures to tensors: resized, converted to RGB, normalised, laid out, for a batch, in one pass over memory.
// Built with PACKED, WIDE, COMPONENTS (1 or 3), PLANES, STEP (bytes from one value of plane 0 to the next), DTYPE (0: u8, 1: f16,
// 2: f32) and NHWC. What is indexed is indexed by constants, so that it stays in registers.

struct Entry { unsigned short low, high; float part; };
struct Component { const Entry *across, *down; int plane, step, offset, stride; };
struct Arguments {
    Component components[3];
    int width, height;             // of the tensor
    int left, top, right, bottom;  // where there is picture in it
    float unit;
    float black, gain, redByV, greenByU, greenByV, blueByU;
    float scale[3], bias[3];       // of the channels as they are put out
    int swapped;                   // blue first
    unsigned char* out;
    long long pictureBytes;
    const unsigned char* planes[64][3];
};

#if WIDE
typedef unsigned short Value;
typedef ushort2 Pair;
#else
typedef unsigned char Value;
typedef uchar2 Pair;
#endif

__device__ __forceinline__ float blend(float tl, float tr, float bl, float br, float across, float down) {
    const float a = tl + (tr - tl) * across, b = bl + (br - bl) * across;
    return a + (b - a) * down;
}

template <int step>
__device__ __forceinline__ float sample(const Component& c, const unsigned char* plane, int x, int y) {
    const Entry across = c.across[x], down = c.down[y];
    const unsigned char* above = plane + down.low * c.stride + c.offset;
    const unsigned char* below = plane + down.high * c.stride + c.offset;
    const int l = across.low * step, r = across.high * step;
    return blend(*(const Value*) (above + l), *(const Value*) (above + r), *(const Value*) (below + l),
                 *(const Value*) (below + r), across.part, down.part);
}

// Both colour differences, where they lie side by side.
__device__ __forceinline__ float2 differences(const Component& c, const unsigned char* plane, int x, int y) {
    const Entry across = c.across[x], down = c.down[y];
    const Pair* above = (const Pair*) (plane + down.low * c.stride);
    const Pair* below = (const Pair*) (plane + down.high * c.stride);
    const Pair tl = above[across.low], tr = above[across.high], bl = below[across.low], br = below[across.high];
    return make_float2(blend(tl.x, tr.x, bl.x, br.x, across.part, down.part),
                       blend(tl.y, tr.y, bl.y, br.y, across.part, down.part));
}

__device__ __forceinline__ float clamp(float v) { return fminf(255.f, fmaxf(0.f, v)); }

#if DTYPE == 0
typedef unsigned char Element;
__device__ __forceinline__ Element element(float v) { return (unsigned char) (int) (v + 0.5f); }
#elif DTYPE == 1
typedef unsigned short Element;
__device__ __forceinline__ Element element(float v) {
    unsigned short h;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(v));
    return h;
}
#else
typedef float Element;
__device__ __forceinline__ Element element(float v) { return v; }
#endif

__device__ __forceinline__ void colours(const Arguments& a, const unsigned char* const* planes, int x, int y, float* rgb) {
    if (x < a.left || x >= a.right || y < a.top || y >= a.bottom) {
        rgb[0] = rgb[1] = rgb[2] = 114.f;
        return;
    }
    const float first = sample<STEP>(a.components[0], planes[0], x, y) * a.unit;
#if COMPONENTS == 1
    rgb[0] = rgb[1] = rgb[2] = clamp((first - a.black) * a.gain);
#else
#if PLANES == 2
    const float2 both = differences(a.components[1], planes[1], x, y);
    const float second = both.x * a.unit, third = both.y * a.unit;
#else
    const float second = sample<STEP>(a.components[1], planes[PLANES == 3 ? 1 : 0], x, y) * a.unit;
    const float third = sample<STEP>(a.components[2], planes[PLANES == 3 ? 2 : 0], x, y) * a.unit;
#endif
#if PACKED
    rgb[0] = first; rgb[1] = second; rgb[2] = third;
#else
    const float bright = (first - a.black) * a.gain, u = second - 128.f, v = third - 128.f;
    rgb[0] = clamp(bright + a.redByV * v);
    rgb[1] = clamp(bright - a.greenByU * u - a.greenByV * v);
    rgb[2] = clamp(bright + a.blueByU * u);
#endif
#endif
}

// Two elements a thread, side by side.
extern "C" __global__ void __launch_bounds__(256) tensor(const Arguments a) {
    const int x = (blockIdx.x * blockDim.x + threadIdx.x) * 2, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= a.width || y >= a.height) {
        return;
    }
    const unsigned char* planes[3] = {a.planes[blockIdx.z][0], a.planes[blockIdx.z][1], a.planes[blockIdx.z][2]};
    Element* out = (Element*) (a.out + a.pictureBytes * blockIdx.z);
    float rgb[2][3];
    colours(a, planes, x, y, rgb[0]);
    const bool both = x + 1 < a.width;
    colours(a, planes, both ? x + 1 : x, y, rgb[1]);
#pragma unroll
    for (int i = 0; i < 2; i++) {
        const float red = rgb[i][0], blue = rgb[i][2];
        rgb[i][0] = a.swapped ? blue : red;
        rgb[i][2] = a.swapped ? red : blue;
    }
#pragma unroll
    for (int channel = 0; channel < 3; channel++) {
        const Element e0 = element(rgb[0][channel] * a.scale[channel] + a.bias[channel]);
        const Element e1 = element(rgb[1][channel] * a.scale[channel] + a.bias[channel]);
#if NHWC
        Element* to = out + ((long long) y * a.width + x) * 3 + channel;
        to[0] = e0;
        if (both) {
            to[3] = e1;
        }
#else
        Element* to = out + ((long long) channel * a.height + y) * a.width + x;
        if ((a.width & 1) == 0) {
            struct __align__(2 * sizeof(Element)) Two { Element first, second; };
            const Two two = {e0, e1};
            *(Two*) to = two;
        } else {
            to[0] = e0;
            if (both) {
                to[1] = e1;
            }
        }
#endif
    }
}
