// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>A view of any array; the padding is ilc's.</summary>
internal sealed class RawArrayData
{
    internal uint Length;
    internal uint Padding;
    internal byte Data;
}
