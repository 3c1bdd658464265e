// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

public static class GC
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void KeepAlive(object? obj)
    {
    }

    public static void SuppressFinalize(object obj)
    {
    }
}
