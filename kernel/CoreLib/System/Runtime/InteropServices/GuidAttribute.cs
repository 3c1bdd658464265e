// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

[AttributeUsage(AttributeTargets.All)]
public sealed class GuidAttribute : Attribute
{
    public GuidAttribute(string guid)
    {
        Guid = guid;
    }

    public string Guid { get; }
}
