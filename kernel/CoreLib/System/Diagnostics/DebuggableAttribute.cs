// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

[AttributeUsage(AttributeTargets.All)]
public sealed class DebuggableAttribute : Attribute
{
    public DebuggableAttribute(DebuggingModes modes)
    {
        DebuggingFlags = modes;
    }

    public DebuggingModes DebuggingFlags { get; }

    [Flags]
    public enum DebuggingModes
    {
        None = 0x0,
        Default = 0x1,
        DisableOptimizations = 0x100,
        IgnoreSymbolStoreSequencePoints = 0x2,
        EnableEditAndContinue = 0x4,
    }
}
