// SPDX-License-Identifier: MIT
namespace System.Globalization;

[Flags]
public enum NumberStyles
{
    None = 0,
    AllowLeadingWhite = 0x1,
    AllowTrailingWhite = 0x2,
    AllowLeadingSign = 0x4,
    AllowHexSpecifier = 0x200,
    Integer = AllowLeadingWhite | AllowTrailingWhite | AllowLeadingSign,
    HexNumber = AllowLeadingWhite | AllowTrailingWhite | AllowHexSpecifier,
}
