// SPDX-License-Identifier: MIT
namespace System.Runtime.Serialization;

/// <summary>Named by Iced's exceptions; nothing is serialized.</summary>
public readonly struct StreamingContext
{
}
