// SPDX-License-Identifier: MIT
namespace System.Security.Permissions;

/// <summary>Emitted by the compiler into assemblies with unsafe code; nobody asks for it.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class SecurityPermissionAttribute : Attribute
{
    public SecurityPermissionAttribute(SecurityAction action)
    {
        Action = action;
    }

    public SecurityAction Action { get; }

    public bool SkipVerification { get; set; }
}
