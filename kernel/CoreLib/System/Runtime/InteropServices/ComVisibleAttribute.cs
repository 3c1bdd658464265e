// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

[AttributeUsage(AttributeTargets.All)]
public sealed class ComVisibleAttribute : Attribute
{
    public ComVisibleAttribute(bool visibility)
    {
        Visibility = visibility;
    }

    public bool Visibility { get; }
}
