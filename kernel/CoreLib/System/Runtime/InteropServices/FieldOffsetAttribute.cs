// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

[AttributeUsage(AttributeTargets.Field)]
public sealed class FieldOffsetAttribute : Attribute
{
    public FieldOffsetAttribute(int offset)
    {
        Offset = offset;
    }

    public int Offset { get; }
}
