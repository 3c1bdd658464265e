// SPDX-License-Identifier: MIT
namespace System.Security.Permissions;

public enum SecurityAction
{
    RequestMinimum = 8,
}
