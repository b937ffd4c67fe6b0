/** Words of Microsoft's own that no resource may be called, and those that none may begin with. */
const reserved = [
  'ACCESS',
  'AZURE',
  'BING',
  'BIZSPARK',
  'BIZTALK',
  'CORTANA',
  'DIRECTX',
  'DOTNET',
  'DYNAMICS',
  'EXCEL',
  'EXCHANGE',
  'FOREFRONT',
  'GROOVE',
  'HOLOLENS',
  'HYPERV',
  'KINECT',
  'LYNC',
  'MSDN',
  'O365',
  'OFFICE',
  'OFFICE365',
  'ONEDRIVE',
  'ONENOTE',
  'OUTLOOK',
  'POWERPOINT',
  'SHAREPOINT',
  'SKYPE',
  'VISIO',
  'VISUALSTUDIO',
]
const reservedBeginnings = ['LOGIN', 'XBOX']
const reservedWithin = ['MICROSOFT', 'WINDOWS']

export function isReservedName(name: string): boolean {
  const word = name.toUpperCase()
  return (
    reserved.includes(word) ||
    reservedBeginnings.some((beginning) => word.startsWith(beginning)) ||
    reservedWithin.some((part) => word.includes(part))
  )
}
