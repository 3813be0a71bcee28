// A tensor's row back to a picture of 24 bits a pixel. Built with DTYPE (0: u8, 1: f16, 2: f32).

struct Arguments {
    const unsigned char* in;
    unsigned char* out;
    long long channelStride, rowStride, columnStride;  // elements
    float scale[3], bias[3];                            // of red, green and blue
    int width, height, stride, swapped;
};

#if DTYPE == 0
__device__ __forceinline__ float value(const unsigned char* p, long long i) { return p[i]; }
#elif DTYPE == 1
__device__ __forceinline__ float value(const unsigned char* p, long long i) {
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(((const unsigned short*) p)[i]));
    return f;
}
#else
__device__ __forceinline__ float value(const unsigned char* p, long long i) { return ((const float*) p)[i]; }
#endif

extern "C" __global__ void frame(const Arguments a) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= a.width || y >= a.height) {
        return;
    }
    unsigned char* to = a.out + (long long) y * a.stride + 3 * x;
#pragma unroll
    for (int colour = 0; colour < 3; colour++) {
        const int channel = a.swapped ? 2 - colour : colour;
        const float v = value(a.in, channel * a.channelStride + y * a.rowStride + x * a.columnStride);
        to[colour] = (unsigned char) (int) (fminf(255.f, fmaxf(0.f, v * a.scale[colour] + a.bias[colour])) + 0.5f);
    }
}
