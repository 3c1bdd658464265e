// SPDX-License-Identifier: MIT
namespace System.ComponentModel;

[AttributeUsage(AttributeTargets.All)]
public sealed class EditorBrowsableAttribute : Attribute
{
    public EditorBrowsableAttribute(EditorBrowsableState state)
    {
        State = state;
    }

    public EditorBrowsableState State { get; }
}
