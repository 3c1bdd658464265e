// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

[AttributeUsage(AttributeTargets.All)]
public sealed class OutAttribute : Attribute
{
}
