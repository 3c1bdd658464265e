// SPDX-License-Identifier: MIT
using System;
using System.Text.RegularExpressions;

namespace Hypervisor.Tool.Symbols;

/// <summary>
/// From the compiler's symbol names back to C#'s: the assembly in front goes, underscores become dots.
/// </summary>
internal static partial class MethodName
{
    private static readonly string[] s_assemblies =
    [
        "Hypervisor_CoreLib_", "Hypervisor_Kernel_", "Hypervisor_Drivers_", "Hypervisor_Boot_", "Hypervisor_Guests_",
        "Iced_",
    ];

    /// <summary>
    /// <c>Hypervisor_Kernel_Hypervisor_Platform_Panic__Halt</c> is <c>Hypervisor.Platform.Panic.Halt</c>; a name that
    /// is not of that shape (assembly's) stays as it is.
    /// </summary>
    public static string Readable(string symbol)
    {
        Match method = Method().Match(symbol);
        if (!method.Success)
        {
            return symbol;
        }

        string type = method.Groups["type"].Value;
        foreach (string assembly in s_assemblies)
        {
            if (type.StartsWith(assembly, StringComparison.Ordinal))
            {
                type = type[assembly.Length..];
                break;
            }
        }

        string name = Overload().Replace(method.Groups["name"].Value, "");
        name = name is "_ctor" or "_cctor" ? name.Replace('_', '.') : name;
        return $"{GenericCount().Replace(type, "").Replace('_', '.')}.{name}";
    }

    /// <summary>Everything up to the first double underscore is the type; a third one belongs to the method.</summary>
    [GeneratedRegex(@"^(?<type>[A-Za-z][^\s]*?[^_])__(?<name>_?[A-Za-z].*)$")]
    private static partial Regex Method();

    /// <summary>The number that tells overloads apart, and that of a constructor.</summary>
    [GeneratedRegex(@"_\d+$")]
    private static partial Regex Overload();

    /// <summary>The number of type arguments in front of them.</summary>
    [GeneratedRegex(@"_\d+(?=<)")]
    private static partial Regex GenericCount();
}
