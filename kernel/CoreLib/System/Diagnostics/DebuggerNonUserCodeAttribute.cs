// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

[AttributeUsage(AttributeTargets.All)]
public sealed class DebuggerNonUserCodeAttribute : Attribute
{
}
