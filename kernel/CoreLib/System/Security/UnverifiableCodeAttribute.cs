// SPDX-License-Identifier: MIT
namespace System.Security;

[AttributeUsage(AttributeTargets.Module)]
public sealed class UnverifiableCodeAttribute : Attribute
{
}
