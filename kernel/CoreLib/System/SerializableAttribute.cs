// SPDX-License-Identifier: MIT
namespace System;

[AttributeUsage(AttributeTargets.All)]
public sealed class SerializableAttribute : Attribute
{
}
