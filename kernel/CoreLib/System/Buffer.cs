// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public static unsafe class Buffer
{
    public static void BlockCopy(Array src, int srcOffset, Array dst, int dstOffset, int count)
    {
        nuint sourceBytes = (nuint)src.Length * src.ElementSize;
        nuint targetBytes = (nuint)dst.Length * dst.ElementSize;
        if (srcOffset < 0 || dstOffset < 0 || count < 0
            || (nuint)srcOffset + (nuint)count > sourceBytes || (nuint)dstOffset + (nuint)count > targetBytes)
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        SpanHelpers.Memmove(
            ref Unsafe.AddByteOffset(ref dst.DataReference, (nuint)dstOffset),
            ref Unsafe.AddByteOffset(ref src.DataReference, (nuint)srcOffset),
            (nuint)count);
    }

    public static void MemoryCopy(
        void* source, void* destination, ulong destinationSizeInBytes, ulong sourceBytesToCopy)
    {
        if (sourceBytesToCopy > destinationSizeInBytes)
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        SpanHelpers.Memmove(ref *(byte*)destination, ref *(byte*)source, (nuint)sourceBytesToCopy);
    }

    /// <summary>
    /// Moves a block with references in it: word by word in checked builds, where every store is verified.
    /// </summary>
    internal static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint byteCount)
    {
        if (!BuildFlavour.IsChecked)
        {
            SpanHelpers.Memmove(ref destination, ref source, byteCount);
            return;
        }
        nuint words = byteCount / (nuint)sizeof(nint);
        bool isDownward =
            (nuint)Unsafe.AsPointer(ref destination) - (nuint)Unsafe.AsPointer(ref source) < byteCount;
        for (nuint i = 0; i < words; i++)
        {
            nuint offset = (isDownward ? words - 1 - i : i) * (nuint)sizeof(nint);
            RuntimeImports.AssignReference(
                ref Unsafe.As<byte, object?>(ref Unsafe.AddByteOffset(ref destination, offset)),
                Unsafe.As<byte, object?>(ref Unsafe.AddByteOffset(ref source, offset)));
        }
    }

    internal static void Memmove(byte* dest, byte* src, nuint len) => SpanHelpers.Memmove(ref *dest, ref *src, len);

    internal static void ZeroMemory(byte* dest, nuint len) => SpanHelpers.ClearWithoutReferences(ref *dest, len);
}
