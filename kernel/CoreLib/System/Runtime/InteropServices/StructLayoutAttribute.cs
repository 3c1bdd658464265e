// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class StructLayoutAttribute : Attribute
{
    public StructLayoutAttribute(LayoutKind layoutKind)
    {
        LayoutKind = layoutKind;
    }

    public LayoutKind LayoutKind { get; }

    public int Size;
    public int Pack;
    public CharSet CharSet;
}
