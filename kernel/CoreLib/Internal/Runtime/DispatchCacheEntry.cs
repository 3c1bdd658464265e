// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>One resolved interface call; written once, read by the stub in Runtime.S.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DispatchCacheEntry
{
    /// <summary>
    /// Low halves of the type's and the cell's addresses; both lie in the image. 0: free, 1: being written.
    /// </summary>
    internal ulong Key;
    internal nint Target;
}
